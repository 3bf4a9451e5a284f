// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

func expand(ctx context.Context, d *driver, id string, bytes int64) (int64, error) {
	resp, err := d.ControllerExpandVolume(ctx, &csi.ControllerExpandVolumeRequest{
		VolumeId: id, CapacityRange: &csi.CapacityRange{RequiredBytes: bytes},
	})
	return resp.GetCapacityBytes(), err
}

func expandNode(ctx context.Context, d *driver, id, path string, bytes int64) error {
	_, err := d.NodeExpandVolume(ctx, &csi.NodeExpandVolumeRequest{
		VolumeId: id, VolumePath: path, CapacityRange: &csi.CapacityRange{RequiredBytes: bytes},
	})
	return err
}

func createOf(t *testing.T, d *driver, bytes int64) string {
	t.Helper()
	resp, err := d.CreateVolume(t.Context(), createRequest("grows", bytes))
	wantCode(t, err, codes.OK)
	return resp.GetVolume().GetVolumeId()
}

func filesystemSize(t *testing.T, path string) int64 {
	t.Helper()
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Blocks) * s.Bsize
}

// A mounted volume grows under an open file, and every call may be repeated.
func TestGrowWhileInUse(t *testing.T) {
	for fsType, size := range map[string]int64{ext4: size, xfs: 300 * mib} {
		t.Run(fsType, func(t *testing.T) { growWhileInUse(t, fsType, size) })
	}
}

func growWhileInUse(t *testing.T, fsType string, size int64) {
	d, dir := newTestDriver(t)
	if fsType == ext4 && !mayGrowExt4(t) {
		t.Skip("growing a mounted ext4 needs CAP_SYS_RESOURCE")
	}
	d.fsType = fsType
	ctx, id := t.Context(), createOf(t, d, size)
	staging, target := filepath.Join(dir, "staging"), filepath.Join(dir, "target")
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	wantCode(t, publish(ctx, d, id, staging, target, false), codes.OK)
	open, err := os.Create(filepath.Join(target, "open"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()

	before := filesystemSize(t, target)
	for range 2 {
		got, err := expand(ctx, d, id, 4*size)
		wantCode(t, err, codes.OK)
		if got != 4*size {
			t.Fatalf("the image has %d bytes, want %d", got, 4*size)
		}
	}
	if now := filesystemSize(t, target); now != before {
		t.Fatalf("the filesystem grew to %d before the node was told", now)
	}
	for range 2 {
		wantCode(t, expandNode(ctx, d, id, target, 4*size), codes.OK)
	}
	if now := filesystemSize(t, target); now < 3*size {
		t.Fatalf("the filesystem has %d bytes of %d", now, 4*size)
	}
	if _, err := open.WriteString("kept"); err != nil {
		t.Fatal(err)
	}
}

func TestNeverSmaller(t *testing.T) {
	d, _ := newTestDriver(t)
	id := create(t, d, "stays")
	got, err := expand(t.Context(), d, id, size/2)
	wantCode(t, err, codes.OK)
	if got != size {
		t.Fatalf("the volume has %d bytes, want %d as before", got, size)
	}
	_, err = d.ControllerExpandVolume(t.Context(), &csi.ControllerExpandVolumeRequest{
		VolumeId: id, CapacityRange: &csi.CapacityRange{LimitBytes: size / 2},
	})
	wantCode(t, err, codes.OutOfRange)
}

func TestGrowthThatFails(t *testing.T) {
	d, dir := newTestDriver(t)
	d.fsType = xfs
	const size = 300 * mib
	ctx, id, staging := t.Context(), createOf(t, d, size), filepath.Join(dir, "staging")
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	wantCode(t, expandNode(ctx, d, id, staging, 2*size), codes.OutOfRange)
	for _, ending := range []string{controllerFault, nodeFault} {
		file := filepath.Join(d.volumes.dir, id+"."+ending)
		if err := os.WriteFile(file, []byte("RESOURCE_EXHAUSTED the pool is full\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		grow := func() error {
			_, err := expand(ctx, d, id, 2*size)
			if err != nil {
				return err
			}
			return expandNode(ctx, d, id, staging, 2*size)
		}
		err := grow()
		wantCode(t, err, codes.ResourceExhausted)
		if !strings.Contains(err.Error(), "the pool is full") {
			t.Fatalf("%v does not have the words of %s", err, ending)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if ending == nodeFault {
			wantCode(t, grow(), codes.OK)
		}
	}
}

func TestGrowthOfWhatIsNotThere(t *testing.T) {
	d, dir := newTestDriver(t)
	id := create(t, d, "unmounted")
	_, err := expand(t.Context(), d, d.volumes.idOf("nobody"), size)
	wantCode(t, err, codes.NotFound)
	_, err = d.ControllerExpandVolume(t.Context(), &csi.ControllerExpandVolumeRequest{VolumeId: id})
	wantCode(t, err, codes.InvalidArgument)
	wantCode(t, expandNode(t.Context(), d, id, dir, size), codes.NotFound)
	wantCode(t, expandNode(t.Context(), d, id, "", size), codes.InvalidArgument)
}
