// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
)

// Every call is repeated: the second must find its work done.
func TestNodeCallsTwice(t *testing.T) {
	d, dir := newTestDriver(t)
	ctx, id := t.Context(), create(t, d, "twice")
	staging, target := filepath.Join(dir, "staging"), filepath.Join(dir, "pod", "target")

	wantCode(t, publish(ctx, d, id, staging, target, false), codes.FailedPrecondition)
	for range 2 {
		wantCode(t, stage(ctx, d, id, staging), codes.OK)
	}
	for range 2 {
		wantCode(t, publish(ctx, d, id, staging, target, false), codes.OK)
	}
	wantCode(t, publish(ctx, d, id, staging, target, true), codes.AlreadyExists)
	if err := os.WriteFile(filepath.Join(target, "word"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		wantCode(t, unpublish(ctx, d, id, target), codes.OK)
	}
	if _, err := os.Stat(target); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("target is still there: %v", err)
	}
	for range 2 {
		wantCode(t, unstage(ctx, d, id, staging), codes.OK)
	}
	wantDetached(t, d.volumes.imagePath(id))

	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	if word, err := os.ReadFile(filepath.Join(staging, "word")); err != nil || string(word) != "kept" {
		t.Fatalf("after another mount: %q, %v", word, err)
	}
}

func TestReadOnlyPublish(t *testing.T) {
	d, dir := newTestDriver(t)
	ctx, id := t.Context(), create(t, d, "read-only")
	staging, target := filepath.Join(dir, "staging"), filepath.Join(dir, "target")
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	for range 2 {
		wantCode(t, publish(ctx, d, id, staging, target, true), codes.OK)
	}
	if err := os.WriteFile(filepath.Join(target, "word"), nil, 0o600); !errors.Is(err, syscall.EROFS) {
		t.Fatalf("writing gave %v, want EROFS", err)
	}
	if err := os.WriteFile(filepath.Join(staging, "word"), nil, 0o600); err != nil {
		t.Fatalf("the volume itself became read-only: %v", err)
	}
}

func TestFullVolume(t *testing.T) {
	d, dir := newTestDriver(t)
	id, staging := create(t, d, "full"), filepath.Join(dir, "staging")
	wantCode(t, stage(t.Context(), d, id, staging), codes.OK)

	err := os.WriteFile(filepath.Join(staging, "fill"), bytes.Repeat([]byte{1}, int(size)), 0o600)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the volume gave %v, want ENOSPC", err)
	}
	resp, err := d.NodeGetVolumeStats(t.Context(), &csi.NodeGetVolumeStatsRequest{VolumeId: id, VolumePath: staging})
	wantCode(t, err, codes.OK)
	space, inodes := resp.GetUsage()[0], resp.GetUsage()[1]
	// ext4 keeps a little back for its own trees.
	if space.GetAvailable() > size/20 || space.GetUsed() < size*3/4 || space.GetTotal() > size {
		t.Errorf("bytes of a full volume: %v", space)
	}
	if inodes.GetTotal() != size/16384 || inodes.GetUsed()+inodes.GetAvailable() != inodes.GetTotal() {
		t.Errorf("inodes: %v", inodes)
	}
	_, err = d.NodeGetVolumeStats(t.Context(), &csi.NodeGetVolumeStatsRequest{VolumeId: id, VolumePath: dir})
	wantCode(t, err, codes.NotFound)
}

// What another life left at the paths gives way to the volume that is asked for.
func TestStaleMountsGiveWay(t *testing.T) {
	d, dir := newTestDriver(t)
	ctx, old, id := t.Context(), create(t, d, "old"), create(t, d, "new")
	staging, target := filepath.Join(dir, "staging"), filepath.Join(dir, "target")
	wantCode(t, stage(ctx, d, old, staging), codes.OK)
	wantCode(t, publish(ctx, d, old, staging, target, false), codes.OK)
	if err := d.volumes.remove(old); err != nil {
		t.Fatal(err)
	}
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	wantCode(t, publish(ctx, d, id, staging, target, false), codes.OK)
	wantDetached(t, d.volumes.imagePath(old)+" (deleted)")

	if err := d.volumes.remove(id); err != nil {
		t.Fatal(err)
	}
	if err := unmountDeleted(d.volumes.dir); err != nil {
		t.Fatal(err)
	}
	wantDetached(t, d.volumes.imagePath(id)+" (deleted)")
}

func TestParseMounts(t *testing.T) {
	got := parseMounts("30 22 7:0 / /a\\040b rw,noatime shared:1 - ext4 /dev/loop0 rw\n" +
		"31 22 7:0 / /c ro - ext4 /dev/loop0 rw\nshort line\n")
	want := []mount{{"7:0", "/a b", false}, {"7:0", "/c", true}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("got %v, want %v", got, want)
	}
}
