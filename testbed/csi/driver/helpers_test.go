// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const size = 32 * mib

// newTestDriver works on a folder of the test's own; whatever a failed test
// leaves mounted under it is unmounted.
func newTestDriver(t *testing.T) (d *driver, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	dir = t.TempDir()
	d, err := newDriver("files.test", "node", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		all, _ := mounts()
		for _, m := range all {
			if strings.HasPrefix(m.path, dir+"/") {
				unmount(m.path)
			}
		}
	})
	return d, dir
}

func writer(mode csi.VolumeCapability_AccessMode_Mode) *csi.VolumeCapability {
	return &csi.VolumeCapability{
		AccessType: &csi.VolumeCapability_Mount{Mount: &csi.VolumeCapability_MountVolume{}},
		AccessMode: &csi.VolumeCapability_AccessMode{Mode: mode},
	}
}

var oneNode = writer(csi.VolumeCapability_AccessMode_SINGLE_NODE_WRITER)

func formatted(fsType string) *csi.VolumeCapability {
	c := writer(csi.VolumeCapability_AccessMode_SINGLE_NODE_WRITER)
	c.GetMount().FsType = fsType
	return c
}

func createRequest(name string, bytes int64) *csi.CreateVolumeRequest {
	return &csi.CreateVolumeRequest{
		Name:               name,
		CapacityRange:      &csi.CapacityRange{RequiredBytes: bytes},
		VolumeCapabilities: []*csi.VolumeCapability{oneNode},
		Parameters:         map[string]string{"type": "gp3", "iops": "3000", "throughput": "125"},
	}
}

func create(t *testing.T, d *driver, name string) (id string) {
	t.Helper()
	resp, err := d.CreateVolume(t.Context(), createRequest(name, size))
	wantCode(t, err, codes.OK)
	return resp.GetVolume().GetVolumeId()
}

func stage(ctx context.Context, d *driver, id, path string) error {
	_, err := d.NodeStageVolume(ctx, &csi.NodeStageVolumeRequest{VolumeId: id, StagingTargetPath: path, VolumeCapability: oneNode})
	return err
}

func unstage(ctx context.Context, d *driver, id, path string) error {
	_, err := d.NodeUnstageVolume(ctx, &csi.NodeUnstageVolumeRequest{VolumeId: id, StagingTargetPath: path})
	return err
}

func publish(ctx context.Context, d *driver, id, staging, target string, readOnly bool) error {
	_, err := d.NodePublishVolume(ctx, &csi.NodePublishVolumeRequest{
		VolumeId: id, StagingTargetPath: staging, TargetPath: target, VolumeCapability: oneNode, Readonly: readOnly,
	})
	return err
}

func unpublish(ctx context.Context, d *driver, id, target string) error {
	_, err := d.NodeUnpublishVolume(ctx, &csi.NodeUnpublishVolumeRequest{VolumeId: id, TargetPath: target})
	return err
}

func remove(ctx context.Context, d *driver, id string) error {
	_, err := d.DeleteVolume(ctx, &csi.DeleteVolumeRequest{VolumeId: id})
	return err
}

// mayGrowExt4 says whether the kernel grows a mounted ext4 for us.
func mayGrowExt4(t *testing.T) bool {
	t.Helper()
	var header = unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var has [2]unix.CapUserData
	if err := unix.Capget(&header, &has[0]); err != nil {
		t.Fatal(err)
	}
	return has[0].Effective&(1<<unix.CAP_SYS_RESOURCE) != 0
}

func wantCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if got := status.Code(err); got != want {
		t.Fatalf("got %s, want %s: %v", got, want, err)
	}
}

// wantDetached waits for the kernel to free the loop device of an image.
func wantDetached(t *testing.T, image string) {
	t.Helper()
	for range 50 {
		if attached, err := isAttached(image); err != nil {
			t.Fatal(err)
		} else if !attached {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s is still on a loop device", filepath.Base(image))
}
