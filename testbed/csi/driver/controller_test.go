// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// creations change a request for the volume "first", which exists.
var creations = []struct {
	name   string
	change func(*csi.CreateVolumeRequest)
	want   codes.Code
	words  string
}{
	{"the same again is the same volume", func(*csi.CreateVolumeRequest) {}, codes.OK, ""},
	{"another size under that name", func(r *csi.CreateVolumeRequest) { r.CapacityRange.RequiredBytes++ }, codes.AlreadyExists, "exists"},
	{"other parameters under that name", func(r *csi.CreateVolumeRequest) { r.Parameters["type"] = "io2" }, codes.AlreadyExists, "gp3"},
	{"an unknown parameter is named", func(r *csi.CreateVolumeRequest) { r.Parameters["colour"] = "red" }, codes.InvalidArgument, `"colour"`},
	{"no name", func(r *csi.CreateVolumeRequest) { r.Name = "" }, codes.InvalidArgument, "name"},
	{"no capability", func(r *csi.CreateVolumeRequest) { r.VolumeCapabilities = nil }, codes.InvalidArgument, "capability"},
	{"a block device", func(r *csi.CreateVolumeRequest) {
		r.VolumeCapabilities[0] = &csi.VolumeCapability{AccessType: &csi.VolumeCapability_Block{}, AccessMode: oneNode.AccessMode}
	}, codes.InvalidArgument, "block"},
	{"many writers", func(r *csi.CreateVolumeRequest) {
		r.VolumeCapabilities[0] = writer(csi.VolumeCapability_AccessMode_MULTI_NODE_MULTI_WRITER)
	}, codes.InvalidArgument, "MULTI_NODE"},
	{"another filesystem", func(r *csi.CreateVolumeRequest) {
		c := writer(csi.VolumeCapability_AccessMode_SINGLE_NODE_WRITER)
		c.GetMount().FsType = "btrfs"
		r.VolumeCapabilities[0] = c
	}, codes.InvalidArgument, "btrfs"},
	{"the other filesystem under that name", func(r *csi.CreateVolumeRequest) {
		r.CapacityRange.RequiredBytes = 512 * mib
		r.VolumeCapabilities[0] = formatted(xfs)
	}, codes.AlreadyExists, "exists"},
	{"a copy of another volume", func(r *csi.CreateVolumeRequest) { r.VolumeContentSource = &csi.VolumeContentSource{} }, codes.InvalidArgument, "another volume"},
	{"a snapshot that is not there", func(r *csi.CreateVolumeRequest) { r.VolumeContentSource = fromSnapshot("snap-0") }, codes.NotFound, "snap-0"},
}

func TestCreateVolume(t *testing.T) {
	d, _ := newTestDriver(t)
	first := create(t, d, "first")
	for _, c := range creations {
		t.Run(c.name, func(t *testing.T) {
			req := createRequest("first", size)
			c.change(req)
			resp, err := d.CreateVolume(t.Context(), req)
			wantCode(t, err, c.want)
			if err == nil && resp.GetVolume().GetVolumeId() != first {
				t.Fatalf("got %s, want %s", resp.GetVolume().GetVolumeId(), first)
			}
			if !strings.Contains(status.Convert(err).Message(), c.words) {
				t.Fatalf("%q does not say %q", err, c.words)
			}
		})
	}
}

func TestChooseCapacity(t *testing.T) {
	cases := []struct {
		name           string
		required, most int64
		want           int64
		code           codes.Code
	}{
		{"nothing asked", 0, 0, defaultCapacity, codes.OK},
		{"to the byte", size + 1, 0, size + 1, codes.OK},
		{"only a limit, under the default", 0, size, size, codes.OK},
		{"too small is rounded up", 1, 0, 16 * mib, codes.OK},
		{"too small, and no room to round up", 1, 2, 0, codes.OutOfRange},
		{"the largest", maxCapacity, 0, maxCapacity, codes.OK},
		{"too large", maxCapacity + 1, 0, 0, codes.OutOfRange},
		{"upside down", size, size - 1, 0, codes.InvalidArgument},
		{"negative", -1, 0, 0, codes.InvalidArgument},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := chooseCapacity(&csi.CapacityRange{RequiredBytes: c.required, LimitBytes: c.most}, leastCapacity[ext4])
			wantCode(t, err, c.code)
			if got != c.want {
				t.Fatalf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestImageIsSparseAndExact(t *testing.T) {
	d, _ := newTestDriver(t)
	const large = 20 << 10 * mib
	resp, err := d.CreateVolume(t.Context(), createRequest("large", large))
	wantCode(t, err, codes.OK)
	info, err := os.Stat(d.volumes.imagePath(resp.GetVolume().GetVolumeId()))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() != large {
		t.Fatalf("image has %d bytes, want %d", info.Size(), int64(large))
	}
	if used := info.Sys().(*syscall.Stat_t).Blocks * 512; used > 16*mib {
		t.Fatalf("empty volume takes %d bytes of disk", used)
	}
}

func TestDeleteVolume(t *testing.T) {
	d, dir := newTestDriver(t)
	id := create(t, d, "short-lived")
	staging := dir + "/staging"
	wantCode(t, stage(t.Context(), d, id, staging), codes.OK)
	wantCode(t, remove(t.Context(), d, id), codes.FailedPrecondition)
	wantCode(t, unstage(t.Context(), d, id, staging), codes.OK)
	wantDetached(t, d.volumes.imagePath(id))
	wantCode(t, remove(t.Context(), d, id), codes.OK)
	wantCode(t, remove(t.Context(), d, id), codes.OK)
	wantCode(t, remove(t.Context(), d, "../volumes"), codes.OK)
	left, err := os.ReadDir(d.volumes.dir)
	if err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

// A driver that was killed starts again from the folder alone, and finds its mounts.
func TestRestart(t *testing.T) {
	killed, dir := newTestDriver(t)
	ctx, id := t.Context(), create(t, killed, "kept")
	staging := dir + "/staging"
	wantCode(t, stage(ctx, killed, id, staging), codes.OK)
	// Killed before its record was written, this image belongs to no volume.
	if err := os.WriteFile(killed.volumes.imagePath(killed.volumes.idOf("half-made")), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}

	d, err := newDriver(killed.name, killed.nodeID, dir)
	if err != nil {
		t.Fatal(err)
	}
	if create(t, d, "kept") != id {
		t.Fatal("the volume has another ID after a restart")
	}
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	wantCode(t, publish(ctx, d, id, staging, dir+"/target", false), codes.OK)
	if all, err := mounts(); err != nil || countAt(all, staging) != 1 {
		t.Fatalf("mounted %d times, want once: %v", countAt(all, staging), err)
	}
	wantCode(t, stage(ctx, d, create(t, d, "half-made"), dir+"/other"), codes.OK)
}

func countAt(all []mount, path string) (n int) {
	for _, m := range all {
		if m.path == path {
			n++
		}
	}
	return n
}
