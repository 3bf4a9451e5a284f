// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// NodeGetVolumeStats reports bytes and inodes, as df would.
func (d *driver) NodeGetVolumeStats(_ context.Context, req *csi.NodeGetVolumeStatsRequest) (*csi.NodeGetVolumeStatsResponse, error) {
	path := req.GetVolumePath()
	if err := required([2]string{"volume id", req.GetVolumeId()}, [2]string{"volume path", path}); err != nil {
		return nil, err
	}
	if _, err := d.existing(req.GetVolumeId()); err != nil {
		return nil, err
	}
	there, err := mountAt(path)
	if err != nil {
		return nil, internal(err)
	}
	if there == nil {
		return nil, status.Errorf(codes.NotFound, "no volume is mounted at %s", path)
	}
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return nil, internal(err)
	}
	bytes := func(blocks uint64) int64 { return int64(blocks) * s.Bsize }
	return &csi.NodeGetVolumeStatsResponse{Usage: []*csi.VolumeUsage{
		{
			Unit:      csi.VolumeUsage_BYTES,
			Total:     bytes(s.Blocks),
			Available: bytes(s.Bavail),
			Used:      bytes(s.Blocks - s.Bfree),
		},
		{
			Unit:      csi.VolumeUsage_INODES,
			Total:     int64(s.Files),
			Available: int64(s.Ffree),
			Used:      int64(s.Files - s.Ffree),
		},
	}}, nil
}
