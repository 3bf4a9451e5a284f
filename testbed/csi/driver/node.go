// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// NodeGetInfo names the node. No limit of volumes, no topology.
func (d *driver) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: d.nodeID}, nil
}

// NodeGetCapabilities lists what the node service can do.
func (d *driver) NodeGetCapabilities(context.Context, *csi.NodeGetCapabilitiesRequest) (*csi.NodeGetCapabilitiesResponse, error) {
	resp := &csi.NodeGetCapabilitiesResponse{}
	for _, rpc := range []csi.NodeServiceCapability_RPC_Type{
		csi.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME,
		csi.NodeServiceCapability_RPC_EXPAND_VOLUME,
		csi.NodeServiceCapability_RPC_GET_VOLUME_STATS,
		csi.NodeServiceCapability_RPC_SINGLE_NODE_MULTI_WRITER,
	} {
		resp.Capabilities = append(resp.Capabilities, &csi.NodeServiceCapability{
			Type: &csi.NodeServiceCapability_Rpc{Rpc: &csi.NodeServiceCapability_RPC{Type: rpc}},
		})
	}
	return resp, nil
}

// NodeStageVolume mounts the image at the staging path, once for all pods.
func (d *driver) NodeStageVolume(ctx context.Context, req *csi.NodeStageVolumeRequest) (*csi.NodeStageVolumeResponse, error) {
	staging := req.GetStagingTargetPath()
	if err := required([2]string{"volume id", req.GetVolumeId()}, [2]string{"staging target path", staging}); err != nil {
		return nil, err
	}
	if err := checkCapabilities(req.GetVolumeCapability()); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	found, err := d.existing(req.GetVolumeId())
	if err != nil {
		return nil, err
	}
	image := d.volumes.imagePath(found.ID)
	staged, err := clearStaging(staging, image)
	if err != nil {
		return nil, internal(err)
	}
	if !staged {
		if err := os.MkdirAll(staging, 0o750); err != nil {
			return nil, internal(err)
		}
		if err := mountImage(ctx, image, found.FsType, staging, req.GetVolumeCapability().GetMount().GetMountFlags()); err != nil {
			return nil, internal(err)
		}
	}
	if found.SnapshotID != "" && found.FsType == xfs {
		// It has its snapshot's size still, unless this was done before.
		if err := command(ctx, "xfs_growfs", staging); err != nil {
			return nil, internal(err)
		}
	}
	return &csi.NodeStageVolumeResponse{}, nil
}

// clearStaging says whether the image is mounted at staging already. Anything
// else there is left over from another life, and unmounted.
func clearStaging(staging, image string) (staged bool, err error) {
	there, err := mountAt(staging)
	if err != nil || there == nil {
		return false, err
	}
	images, err := attachedImages()
	if err != nil {
		return false, err
	}
	if images[there.device] == image {
		return true, nil
	}
	return false, unmount(staging)
}

// NodeUnstageVolume unmounts the image, which frees its loop device.
func (d *driver) NodeUnstageVolume(_ context.Context, req *csi.NodeUnstageVolumeRequest) (*csi.NodeUnstageVolumeResponse, error) {
	staging := req.GetStagingTargetPath()
	if err := required([2]string{"volume id", req.GetVolumeId()}, [2]string{"staging target path", staging}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	if err := unmount(staging); err != nil {
		return nil, internal(err)
	}
	return &csi.NodeUnstageVolumeResponse{}, nil
}

// NodePublishVolume shows the staged volume to one pod.
func (d *driver) NodePublishVolume(_ context.Context, req *csi.NodePublishVolumeRequest) (*csi.NodePublishVolumeResponse, error) {
	staging, target := req.GetStagingTargetPath(), req.GetTargetPath()
	if err := required([2]string{"volume id", req.GetVolumeId()}, [2]string{"staging target path", staging}, [2]string{"target path", target}); err != nil {
		return nil, err
	}
	if err := checkCapabilities(req.GetVolumeCapability()); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	if _, err := d.existing(req.GetVolumeId()); err != nil {
		return nil, err
	}
	staged, err := mountAt(staging)
	if err != nil {
		return nil, internal(err)
	}
	if staged == nil {
		return nil, status.Errorf(codes.FailedPrecondition, "volume %s is not staged at %s", req.GetVolumeId(), staging)
	}
	return d.publish(staged, req)
}

// publish binds the staged mount to the target, unless that is done already.
func (d *driver) publish(staged *mount, req *csi.NodePublishVolumeRequest) (*csi.NodePublishVolumeResponse, error) {
	target, readOnly := req.GetTargetPath(), req.GetReadonly()
	there, err := mountAt(target)
	if err != nil {
		return nil, internal(err)
	}
	switch {
	case there != nil && there.device == staged.device && there.readOnly == readOnly:
		return &csi.NodePublishVolumeResponse{}, nil
	case there != nil && there.device == staged.device:
		return nil, status.Errorf(codes.AlreadyExists, "%s is published with readonly=%t", target, there.readOnly)
	case there != nil:
		// Left over from another life.
		if err := unmount(target); err != nil {
			return nil, internal(err)
		}
	}
	if err := checkSingleWriter(staged, req); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(target, 0o750); err != nil {
		return nil, internal(err)
	}
	if err := bind(staged.path, target, readOnly); err != nil {
		return nil, internal(err)
	}
	return &csi.NodePublishVolumeResponse{}, nil
}

// checkSingleWriter refuses a second target where the mode allows only one.
func checkSingleWriter(staged *mount, req *csi.NodePublishVolumeRequest) error {
	if req.GetVolumeCapability().GetAccessMode().GetMode() != csi.VolumeCapability_AccessMode_SINGLE_NODE_SINGLE_WRITER {
		return nil
	}
	all, err := mounts()
	if err != nil {
		return internal(err)
	}
	for _, m := range all {
		if m.device == staged.device && m.path != staged.path {
			return status.Errorf(codes.FailedPrecondition, "volume %s is in use at %s", req.GetVolumeId(), m.path)
		}
	}
	return nil
}

// NodeUnpublishVolume takes the volume from one pod, and removes the target.
func (d *driver) NodeUnpublishVolume(_ context.Context, req *csi.NodeUnpublishVolumeRequest) (*csi.NodeUnpublishVolumeResponse, error) {
	target := req.GetTargetPath()
	if err := required([2]string{"volume id", req.GetVolumeId()}, [2]string{"target path", target}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	if err := unmount(target); err != nil {
		return nil, internal(err)
	}
	// Remove, not RemoveAll: nothing under a mount that came back may be lost.
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, internal(err)
	}
	return &csi.NodeUnpublishVolumeResponse{}, nil
}
