// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Where growth can be made to fail: a file of this ending beside the image.
const (
	controllerFault = "controller-fault"
	nodeFault       = "node-fault"
)

// ControllerExpandVolume makes the image larger, never smaller; one that is
// large enough is left as it is.
func (d *driver) ControllerExpandVolume(_ context.Context, req *csi.ControllerExpandVolumeRequest) (*csi.ControllerExpandVolumeResponse, error) {
	if err := required([2]string{"volume id", req.GetVolumeId()}); err != nil {
		return nil, err
	}
	if req.GetCapacityRange() == nil {
		return nil, status.Error(codes.InvalidArgument, "capacity range is missing")
	}
	if req.GetVolumeCapability() != nil {
		if err := checkCapabilities(req.GetVolumeCapability()); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	found, err := d.existing(req.GetVolumeId())
	if err != nil {
		return nil, err
	}
	wanted, err := chooseCapacity(req.GetCapacityRange(), leastCapacity[found.FsType])
	if err != nil {
		return nil, err
	}
	if limit := req.GetCapacityRange().GetLimitBytes(); limit != 0 && found.CapacityBytes > limit {
		return nil, status.Errorf(codes.OutOfRange, "volume %s has %d bytes already, and never gets smaller", found.ID, found.CapacityBytes)
	}
	if wanted > found.CapacityBytes {
		if err := d.volumes.grow(found, wanted); err != nil {
			return nil, err
		}
	}
	return &csi.ControllerExpandVolumeResponse{CapacityBytes: found.CapacityBytes, NodeExpansionRequired: true}, nil
}

// grow extends image, then record: after a crash between the two the call is repeated.
func (s *store) grow(v *volume, size int64) error {
	if err := s.fault(v.ID, controllerFault); err != nil {
		return err
	}
	info, err := os.Stat(s.imagePath(v.ID))
	if err != nil {
		return internal(err)
	}
	if info.Size() < size {
		if err := os.Truncate(s.imagePath(v.ID), size); err != nil {
			return internal(err)
		}
	}
	v.CapacityBytes = size
	if err := s.save(v); err != nil {
		return internal(err)
	}
	return nil
}

// NodeExpandVolume tells the loop device of its image's size, and the
// filesystem of the device's, under whoever writes to it.
func (d *driver) NodeExpandVolume(ctx context.Context, req *csi.NodeExpandVolumeRequest) (*csi.NodeExpandVolumeResponse, error) {
	path := req.GetVolumePath()
	if err := required([2]string{"volume id", req.GetVolumeId()}, [2]string{"volume path", path}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	found, err := d.existing(req.GetVolumeId())
	if err != nil {
		return nil, err
	}
	if wanted := req.GetCapacityRange().GetRequiredBytes(); wanted > found.CapacityBytes {
		return nil, status.Errorf(codes.OutOfRange, "volume %s has %d bytes, not yet %d", found.ID, found.CapacityBytes, wanted)
	}
	device, err := deviceAt(path, d.volumes.imagePath(found.ID))
	if err != nil {
		return nil, err
	}
	if err := d.volumes.fault(found.ID, nodeFault); err != nil {
		return nil, err
	}
	if err := growFilesystem(ctx, found.FsType, device, path); err != nil {
		return nil, internal(err)
	}
	return &csi.NodeExpandVolumeResponse{CapacityBytes: found.CapacityBytes}, nil
}

// deviceAt names the loop device behind a path where the image is mounted.
func deviceAt(path, image string) (string, error) {
	there, err := mountAt(path)
	if err != nil {
		return "", internal(err)
	}
	images, err := attachedImages()
	if err != nil {
		return "", internal(err)
	}
	if there == nil || images[there.device] != image {
		return "", status.Errorf(codes.NotFound, "the volume is not mounted at %s", path)
	}
	real, err := filepath.EvalSymlinks("/sys/dev/block/" + there.device)
	if err != nil {
		return "", internal(err)
	}
	return "/dev/" + filepath.Base(real), nil
}

// growFilesystem does nothing where both have their size already. The kernel
// grows a mounted ext4 only for whoever has CAP_SYS_RESOURCE.
func growFilesystem(ctx context.Context, fsType, device, path string) error {
	if err := command(ctx, "losetup", "--set-capacity", device); err != nil {
		return err
	}
	if fsType == xfs {
		return command(ctx, "xfs_growfs", path)
	}
	return command(ctx, "resize2fs", device)
}

// fault returns the error that a test wants: the file has its gRPC code's name,
// then the words.
func (s *store) fault(id, ending string) error {
	text, err := os.ReadFile(filepath.Join(s.dir, id+"."+ending))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return internal(err)
	}
	name, words, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	var code codes.Code
	if err := code.UnmarshalJSON([]byte(`"` + name + `"`)); err != nil {
		return internal(err)
	}
	return status.Error(code, words)
}
