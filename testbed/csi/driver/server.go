// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// server is one gRPC server on one unix socket.
type server struct {
	grpc     *grpc.Server
	listener net.Listener
	failed   chan error
}

// socketPath takes the path out of a unix:///path endpoint.
func socketPath(endpoint string) (string, error) {
	path, ok := strings.CutPrefix(endpoint, "unix://")
	if !ok || !filepath.IsAbs(path) {
		return "", fmt.Errorf("endpoint %q is not of the form unix:///path", endpoint)
	}
	return path, nil
}

// listen opens the socket. A killed driver leaves its socket behind, so one
// that is there already is replaced.
func listen(socket string) (*server, error) {
	if err := os.MkdirAll(filepath.Dir(socket), 0o750); err != nil {
		return nil, err
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	return &server{
		grpc:     grpc.NewServer(grpc.UnaryInterceptor(logCalls)),
		listener: listener,
		failed:   make(chan error, 1),
	}, nil
}

func (s *server) start() {
	go func() { s.failed <- s.grpc.Serve(s.listener) }()
}

// stop lets calls in flight finish, and removes the socket.
func (s *server) stop() {
	s.grpc.GracefulStop()
}

// logCalls writes one line for each call that failed or changed something.
func logCalls(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	began := time.Now()
	resp, err := handle(ctx, req)
	call := filepath.Base(info.FullMethod)
	took := time.Since(began).Round(time.Millisecond)
	switch {
	case err != nil:
		slog.Warn("refused", "call", call, "code", status.Code(err), "error", status.Convert(err).Message(), "took", took)
	case !strings.Contains(call, "Get") && call != "Probe":
		slog.Info("done", "call", call, "took", took)
	}
	return resp, err
}
