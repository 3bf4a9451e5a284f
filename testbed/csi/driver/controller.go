// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ControllerGetCapabilities lists what the controller service can do.
func (d *driver) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	resp := &csi.ControllerGetCapabilitiesResponse{}
	for _, rpc := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_EXPAND_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
		csi.ControllerServiceCapability_RPC_LIST_SNAPSHOTS,
		csi.ControllerServiceCapability_RPC_SINGLE_NODE_MULTI_WRITER,
	} {
		resp.Capabilities = append(resp.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: rpc}},
		})
	}
	return resp, nil
}

// CreateVolume makes an empty filesystem, or one filled from a snapshot, or
// returns the volume of that name.
func (d *driver) CreateVolume(ctx context.Context, req *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	if err := checkCreation(req); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	wanted, err := d.wantedVolume(req)
	if err != nil {
		return nil, err
	}
	existing := &volume{}
	err = d.volumes.find(wanted.ID, existing)
	switch {
	case err == nil:
		if !existing.equals(wanted) {
			return nil, status.Errorf(codes.AlreadyExists, "volume %q exists with %d bytes and parameters %v", existing.Name, existing.CapacityBytes, existing.Parameters)
		}
	case errors.Is(err, fs.ErrNotExist):
		if err := d.fill(ctx, wanted); err != nil {
			return nil, internal(err)
		}
		if err := d.volumes.save(wanted); err != nil {
			return nil, internal(err)
		}
	default:
		return nil, internal(err)
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId: wanted.ID, CapacityBytes: wanted.CapacityBytes, ContentSource: req.GetVolumeContentSource(),
	}}, nil
}

func (v *volume) equals(other *volume) bool {
	same := v.CapacityBytes == other.CapacityBytes && v.FsType == other.FsType && v.SnapshotID == other.SnapshotID
	return same && maps.Equal(v.Parameters, other.Parameters)
}

// fill makes the image of a volume.
func (d *driver) fill(ctx context.Context, v *volume) error {
	image := d.volumes.imagePath(v.ID)
	if v.SnapshotID == "" {
		return makeImage(ctx, image, v.FsType, v.CapacityBytes)
	}
	return restoreImage(ctx, d.snapshots.imagePath(v.SnapshotID), image, v.FsType, v.CapacityBytes)
}

func checkCreation(req *csi.CreateVolumeRequest) error {
	if err := required([2]string{"name", req.GetName()}); err != nil {
		return err
	}
	if err := checkCapabilities(req.GetVolumeCapabilities()...); err != nil {
		return err
	}
	if err := checkParameters(req.GetParameters()); err != nil {
		return err
	}
	return checkParameters(req.GetMutableParameters())
}

// wantedVolume reads a request; whatever it cannot honour to the letter it refuses.
func (d *driver) wantedVolume(req *csi.CreateVolumeRequest) (*volume, error) {
	source, err := d.wantedSource(req.GetVolumeContentSource())
	if err != nil {
		return nil, err
	}
	fsType := ""
	for _, c := range req.GetVolumeCapabilities() {
		fsType = cmp.Or(c.GetMount().GetFsType(), fsType)
	}
	fsType = cmp.Or(fsType, source.FsType, d.fsType)
	if source.ID != "" && source.FsType != fsType {
		return nil, status.Errorf(codes.InvalidArgument, "snapshot %s holds the filesystem %s, not %s", source.ID, source.FsType, fsType)
	}
	if asked := req.GetCapacityRange().GetRequiredBytes(); asked != 0 && asked < source.SizeBytes {
		return nil, status.Errorf(codes.OutOfRange, "snapshot %s has %d bytes, more than %d", source.ID, source.SizeBytes, asked)
	}
	size, err := chooseCapacity(req.GetCapacityRange(), max(leastCapacity[fsType], source.SizeBytes))
	if err != nil {
		return nil, err
	}
	name := req.GetName()
	return &volume{
		ID: d.volumes.idOf(name), Name: name, CapacityBytes: size, FsType: fsType, Parameters: req.GetParameters(), SnapshotID: source.ID,
	}, nil
}

// wantedSource finds the snapshot that a volume is to be filled from; an empty
// one stands for none.
func (d *driver) wantedSource(source *csi.VolumeContentSource) (*snapshot, error) {
	found := &snapshot{}
	if source == nil {
		return found, nil
	}
	if source.GetSnapshot() == nil {
		return nil, status.Error(codes.InvalidArgument, "volumes are made empty or from a snapshot, not from another volume")
	}
	id := source.GetSnapshot().GetSnapshotId()
	err := d.snapshots.find(id, found)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, status.Errorf(codes.NotFound, "snapshot %q does not exist", id)
	}
	if err != nil {
		return nil, internal(err)
	}
	return found, nil
}

// DeleteVolume removes image and record; a volume that is not there is deleted.
func (d *driver) DeleteVolume(_ context.Context, req *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	if err := required([2]string{"volume id", req.GetVolumeId()}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	found := &volume{}
	err := d.volumes.find(req.GetVolumeId(), found)
	if errors.Is(err, fs.ErrNotExist) {
		return &csi.DeleteVolumeResponse{}, nil
	}
	if err != nil {
		return nil, internal(err)
	}
	used, err := isAttached(d.volumes.imagePath(found.ID))
	if err != nil {
		return nil, internal(err)
	}
	if used {
		return nil, status.Errorf(codes.FailedPrecondition, "volume %s is still mounted", found.ID)
	}
	if err := d.volumes.remove(found.ID); err != nil {
		return nil, internal(err)
	}
	return &csi.DeleteVolumeResponse{}, nil
}

// ValidateVolumeCapabilities confirms what CreateVolume would have accepted.
func (d *driver) ValidateVolumeCapabilities(_ context.Context, req *csi.ValidateVolumeCapabilitiesRequest) (*csi.ValidateVolumeCapabilitiesResponse, error) {
	if err := required([2]string{"volume id", req.GetVolumeId()}); err != nil {
		return nil, err
	}
	if len(req.GetVolumeCapabilities()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "volume capability is missing")
	}
	if _, err := d.existing(req.GetVolumeId()); err != nil {
		return nil, err
	}
	if err := checkCapabilities(req.GetVolumeCapabilities()...); err != nil {
		return &csi.ValidateVolumeCapabilitiesResponse{Message: status.Convert(err).Message()}, nil
	}
	return &csi.ValidateVolumeCapabilitiesResponse{
		Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{
			VolumeCapabilities: req.GetVolumeCapabilities(),
			VolumeContext:      req.GetVolumeContext(),
			Parameters:         req.GetParameters(),
		},
	}, nil
}

// existing finds a volume that has to be there.
func (d *driver) existing(id string) (*volume, error) {
	found := &volume{}
	err := d.volumes.find(id, found)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, status.Errorf(codes.NotFound, "volume %q does not exist", id)
	}
	if err != nil {
		return nil, internal(err)
	}
	return found, nil
}

func internal(err error) error {
	return status.Error(codes.Internal, err.Error())
}
