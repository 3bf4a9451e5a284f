// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"
	registerapi "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// registration tells kubelet which driver this is and where it listens.
type registration struct {
	registerapi.UnimplementedRegistrationServer
	name   string
	socket string
}

func registerWithKubelet(s *grpc.Server, name, socket string) {
	registerapi.RegisterRegistrationServer(s, &registration{name: name, socket: socket})
}

// GetInfo is kubelet's question when it finds the registration socket.
func (r *registration) GetInfo(context.Context, *registerapi.InfoRequest) (*registerapi.PluginInfo, error) {
	return &registerapi.PluginInfo{
		Type:              registerapi.CSIPlugin,
		Name:              r.name,
		Endpoint:          r.socket,
		SupportedVersions: []string{"1.0.0"},
	}, nil
}

// NotifyRegistrationStatus is kubelet's verdict. It tries again by itself, so a refusal is only logged.
func (r *registration) NotifyRegistrationStatus(_ context.Context, verdict *registerapi.RegistrationStatus) (*registerapi.RegistrationStatusResponse, error) {
	if verdict.GetPluginRegistered() {
		slog.Info("registered with kubelet", "driver", r.name)
	} else {
		slog.Error("kubelet refused the driver", "driver", r.name, "error", verdict.GetError())
	}
	return &registerapi.RegistrationStatusResponse{}, nil
}
