// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"sync"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
)

// driver answers all three CSI services; each has a file of its own.
type driver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedControllerServer
	csi.UnimplementedNodeServer

	name    string
	nodeID  string
	volumes *store

	// fsType is what a volume gets for which none is named.
	fsType string

	// mu lets one change happen at a time. Each takes milliseconds, and the
	// caller may repeat a call while the first is still running.
	mu sync.Mutex
}

func newDriver(name, nodeID string, volumes *store) *driver {
	return &driver{name: name, nodeID: nodeID, volumes: volumes, fsType: ext4}
}

func (d *driver) register(s *grpc.Server) {
	csi.RegisterIdentityServer(s, d)
	csi.RegisterControllerServer(s, d)
	csi.RegisterNodeServer(s, d)
}
