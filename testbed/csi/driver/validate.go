// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	mib = int64(1) << 20

	// ext4's own limit for a file with 4 KiB blocks.
	maxCapacity     = 16 << 20 * mib
	defaultCapacity = 1 << 10 * mib
)

// leastCapacity is what a filesystem with its journal needs.
var leastCapacity = map[string]int64{ext4: 16 * mib, xfs: 300 * mib}

// knownParameters change nothing: those of EBS classes, as a file has no type or
// speed, and the names that the sidecars add under --extra-create-metadata.
var knownParameters = []string{
	"type", "iops", "throughput",
	"csi.storage.k8s.io/pvc/name", "csi.storage.k8s.io/pvc/namespace", "csi.storage.k8s.io/pv/name",
	"csi.storage.k8s.io/volumesnapshot/name", "csi.storage.k8s.io/volumesnapshot/namespace", "csi.storage.k8s.io/volumesnapshotcontent/name",
}

var writerModes = []csi.VolumeCapability_AccessMode_Mode{
	csi.VolumeCapability_AccessMode_SINGLE_NODE_WRITER,
	csi.VolumeCapability_AccessMode_SINGLE_NODE_SINGLE_WRITER,
	csi.VolumeCapability_AccessMode_SINGLE_NODE_MULTI_WRITER,
}

// required refuses the first of the name, value pairs that has no value.
func required(pairs ...[2]string) error {
	for _, pair := range pairs {
		if pair[1] == "" {
			return status.Errorf(codes.InvalidArgument, "%s is missing", pair[0])
		}
	}
	return nil
}

// checkCapabilities refuses everything but a mounted ext4 or xfs with one node writing.
func checkCapabilities(capabilities ...*csi.VolumeCapability) error {
	if len(capabilities) == 0 {
		return status.Error(codes.InvalidArgument, "volume capability is missing")
	}
	for _, c := range capabilities {
		fsType := c.GetMount().GetFsType()
		switch {
		case c == nil:
			return status.Error(codes.InvalidArgument, "volume capability is missing")
		case c.GetMount() == nil:
			return status.Error(codes.InvalidArgument, "only mounted volumes are offered, no block devices")
		case fsType != "" && mkfs[fsType] == nil:
			return status.Errorf(codes.InvalidArgument, "filesystem %q is not offered, only ext4 and xfs", fsType)
		case !slices.Contains(writerModes, c.GetAccessMode().GetMode()):
			return status.Errorf(codes.InvalidArgument, "access mode %s is not offered, only one node may write", c.GetAccessMode().GetMode())
		}
	}
	return nil
}

func checkParameters(parameters map[string]string) error {
	for name := range parameters {
		if !slices.Contains(knownParameters, name) {
			return status.Errorf(codes.InvalidArgument, "unknown parameter %q", name)
		}
	}
	return nil
}

// chooseCapacity picks the size of a volume: what is required, to the byte.
func chooseCapacity(r *csi.CapacityRange, least int64) (int64, error) {
	wanted, limit := r.GetRequiredBytes(), r.GetLimitBytes()
	if limit == 0 {
		limit = maxCapacity
	}
	switch {
	case wanted < 0 || limit < 0 || wanted > limit && r.GetLimitBytes() != 0:
		return 0, status.Errorf(codes.InvalidArgument, "capacity range %d to %d is impossible", wanted, limit)
	case wanted == 0:
		wanted = min(defaultCapacity, limit)
	}
	size := max(wanted, least)
	if size > min(limit, maxCapacity) {
		return 0, status.Errorf(codes.OutOfRange, "capacity %d to %d is outside of what is offered, %d to %d", wanted, limit, least, maxCapacity)
	}
	return size, nil
}
