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

	name      string
	nodeID    string
	volumes   *store
	snapshots *store

	// fsType is what a volume gets for which none is named.
	fsType string

	// mu lets one change happen at a time. Each takes milliseconds, a copy as long
	// as the disk needs, and the caller may repeat a call while the first still runs.
	mu sync.Mutex
}

func newDriver(name, nodeID, stateDir string) (*driver, error) {
	volumes, err := openStore(stateDir, "volumes", "vol")
	if err != nil {
		return nil, err
	}
	snapshots, err := openStore(stateDir, "snapshots", "snap")
	if err != nil {
		return nil, err
	}
	return &driver{name: name, nodeID: nodeID, volumes: volumes, snapshots: snapshots, fsType: ext4}, nil
}

func (d *driver) register(s *grpc.Server) {
	csi.RegisterIdentityServer(s, d)
	csi.RegisterControllerServer(s, d)
	csi.RegisterNodeServer(s, d)
}
