// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	registerapi "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// Started as from the command line, kubelet finds the driver; stopped, no socket is left.
func TestRegistration(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "csi.sock")
	o, err := parseOptions([]string{
		"--name", "files.test", "--node-id", "node", "--endpoint", "unix://" + socket,
		"--registration-dir", dir, "--state", filepath.Join(dir, "state"),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, o) }()

	ask, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, err := grpc.NewClient("unix://"+filepath.Join(dir, "files.test-reg.sock"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	info, err := registerapi.NewRegistrationClient(conn).GetInfo(ask, &registerapi.InfoRequest{}, grpc.WaitForReady(true))
	if err != nil {
		t.Fatal(err)
	}
	if info.GetType() != registerapi.CSIPlugin || info.GetName() != "files.test" || info.GetEndpoint() != socket {
		t.Fatalf("kubelet is told %v", info)
	}

	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.sock")); len(left) != 0 {
		t.Fatalf("sockets left: %v", left)
	}
}

func TestOptionsAreAllRequired(t *testing.T) {
	if _, err := parseOptions([]string{"--name", "files.test"}); err == nil {
		t.Fatal("a driver without a state folder was accepted")
	}
	if _, err := socketPath("/no/scheme"); err == nil {
		t.Fatal("an endpoint without a scheme was accepted")
	}
	if _, err := os.Stat("/no/scheme"); err == nil {
		t.Fatal("the endpoint was touched")
	}
}
