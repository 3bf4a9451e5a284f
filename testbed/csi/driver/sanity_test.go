// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"path/filepath"
	"testing"

	"github.com/kubernetes-csi/csi-test/v5/pkg/sanity"
)

// TestSanity runs the CSI community's own suite over the driver's socket.
func TestSanity(t *testing.T) {
	d, dir := newTestDriver(t)
	if !mayGrowExt4(t) {
		d.fsType = xfs
	}
	socket := filepath.Join(dir, "csi.sock")
	services, err := listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	d.register(services.grpc)
	services.start()
	defer services.stop()

	config := sanity.NewTestConfig()
	config.Address = "unix://" + socket
	config.TargetPath = filepath.Join(dir, "targets")
	config.StagingPath = filepath.Join(dir, "staging")
	config.TestVolumeParameters = map[string]string{"type": "gp3", "iops": "3000", "throughput": "125"}
	sanity.Test(t, config)
}
