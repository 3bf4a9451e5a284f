// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
)

// freezeEnv makes this program a driver that holds the filesystem at a path frozen.
const freezeEnv = "TEST_FREEZE"

func TestMain(m *testing.M) {
	if path := os.Getenv(freezeEnv); path != "" {
		err := whileFrozen(context.Background(), path, func() error {
			fmt.Println("frozen")
			select {}
		})
		fmt.Println(err)
	}
	os.Exit(m.Run())
}

func take(ctx context.Context, d *driver, name, volumeID string) (*csi.Snapshot, error) {
	resp, err := d.CreateSnapshot(ctx, &csi.CreateSnapshotRequest{Name: name, SourceVolumeId: volumeID})
	return resp.GetSnapshot(), err
}

func fromSnapshot(id string) *csi.VolumeContentSource {
	return &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Snapshot{
		Snapshot: &csi.VolumeContentSource_SnapshotSource{SnapshotId: id},
	}}
}

func restore(ctx context.Context, d *driver, name, snapshotID string, bytes int64) (string, error) {
	req := createRequest(name, bytes)
	req.VolumeContentSource = fromSnapshot(snapshotID)
	resp, err := d.CreateVolume(ctx, req)
	return resp.GetVolume().GetVolumeId(), err
}

// wantWritable tells a filesystem that is frozen, which makes a writer wait for
// ever, from one that is not.
func wantWritable(t *testing.T, dir string) {
	t.Helper()
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(filepath.Join(dir, "writable"), []byte("yes"), 0o600) }()
	select {
	case err := <-written:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("still frozen")
		_ = exec.Command("fsfreeze", "--unfreeze", dir).Run()
	}
}

// writeOn writes one synced file after the other until it is stopped, and tells
// how many are finished.
func writeOn(t *testing.T, dir string) (finished *atomic.Int64, stop func()) {
	t.Helper()
	finished = &atomic.Int64{}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
			}
			name := filepath.Join(dir, fmt.Sprintf("file-%d", finished.Load()))
			if err := writeSynced(name, []byte(strings.Repeat(name, 100))); err != nil {
				t.Error(err)
				return
			}
			finished.Add(1)
		}
	}()
	return finished, func() { close(end); <-ended }
}

// A snapshot of a volume that is written to is whole, holds all that was finished
// before, and fills a volume of its size or larger that is used beside the first.
func TestSnapshotWhileInUse(t *testing.T) {
	for fsType, size := range map[string]int64{ext4: size, xfs: 300 * mib} {
		t.Run(fsType, func(t *testing.T) { snapshotWhileInUse(t, fsType, size) })
	}
}

func snapshotWhileInUse(t *testing.T, fsType string, size int64) {
	d, dir := newTestDriver(t)
	d.fsType = fsType
	ctx, id := t.Context(), createOf(t, d, size)
	staging := filepath.Join(dir, "staging")
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	finished, stop := writeOn(t, staging)
	for finished.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	before := finished.Load()
	made, err := take(ctx, d, "once", id)
	after := finished.Load()
	wantCode(t, err, codes.OK)
	for finished.Load() <= after {
		time.Sleep(time.Millisecond)
	}
	stop()
	image := d.snapshots.imagePath(made.GetSnapshotId())
	wantSparse(t, image, size)
	if fsType == ext4 {
		if out, err := exec.Command("e2fsck", "-f", "-n", image).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	for i, bytes := range []int64{size, 2 * size} {
		restored, err := restore(ctx, d, fmt.Sprint("restored-", i), made.GetSnapshotId(), bytes)
		wantCode(t, err, codes.OK)
		path := filepath.Join(dir, restored)
		for range 2 {
			wantCode(t, stage(ctx, d, restored, path), codes.OK)
		}
		if now := filesystemSize(t, path); now < bytes*3/4 || now > bytes {
			t.Fatalf("the filesystem has %d bytes of %d", now, bytes)
		}
		files, err := filepath.Glob(filepath.Join(path, "file-*"))
		if err != nil || int64(len(files)) < before || int64(len(files)) > after+1 {
			t.Fatalf("%d files, want %d to %d: %v", len(files), before, after+1, err)
		}
		wantWritable(t, path)
	}
}

func wantSparse(t *testing.T, image string, size int64) {
	t.Helper()
	info, err := os.Stat(image)
	if err != nil {
		t.Fatal(err)
	}
	if used := info.Sys().(*syscall.Stat_t).Blocks * 512; info.Size() != size || used > size/2 {
		t.Fatalf("the copy has %d bytes, %d of them on the disk, want %d", info.Size(), used, size)
	}
}

func TestKilledWhileFrozen(t *testing.T) {
	d, dir := newTestDriver(t)
	staging := filepath.Join(dir, "staging")
	wantCode(t, stage(t.Context(), d, create(t, d, "frozen"), staging), codes.OK)

	killed := exec.Command(os.Args[0])
	killed.Env = append(os.Environ(), freezeEnv+"="+staging)
	said, err := killed.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	word := make([]byte, len("frozen"))
	if _, err := said.Read(word); err != nil || string(word) != "frozen" {
		t.Fatalf("%q, %v", word, err)
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	wantWritable(t, staging)
	// The keeper may still be about to end.
	for range 100 {
		if unmount(staging) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("somebody keeps the volume busy")
}

// Where the keeper was killed too, the next driver thaws as it starts.
func TestThawAtStart(t *testing.T) {
	d, dir := newTestDriver(t)
	ctx, staging := t.Context(), filepath.Join(dir, "staging")
	wantCode(t, stage(ctx, d, create(t, d, "frozen"), staging), codes.OK)
	if err := command(ctx, "fsfreeze", "--freeze", staging); err != nil {
		t.Fatal(err)
	}
	if err := thawAll(ctx, d.volumes.dir); err != nil {
		t.Fatal(err)
	}
	wantWritable(t, staging)
}

// Whatever becomes of the work, the filesystem is thawed; and thawed too early it
// is no snapshot.
func TestThawedWhateverHappens(t *testing.T) {
	d, dir := newTestDriver(t)
	ctx, id, staging := t.Context(), create(t, d, "frozen"), filepath.Join(dir, "staging")
	wantCode(t, stage(ctx, d, id, staging), codes.OK)
	if err := whileFrozen(ctx, staging, func() error { return os.ErrDeadlineExceeded }); err == nil {
		t.Fatal("the work's error is lost")
	}
	wantWritable(t, staging)
	early := func() error { return command(ctx, "fsfreeze", "--unfreeze", staging) }
	if err := whileFrozen(ctx, staging, early); err == nil || !strings.Contains(err.Error(), "thaw") {
		t.Fatalf("somebody else's thaw went unnoticed: %v", err)
	}
	wantWritable(t, staging)
}

func TestSnapshotCallsTwice(t *testing.T) {
	d, dir := newTestDriver(t)
	ctx, id := t.Context(), create(t, d, "first")
	_, err := take(ctx, d, "snap", d.volumes.idOf("nobody"))
	wantCode(t, err, codes.NotFound)
	first, err := take(ctx, d, "snap", id)
	wantCode(t, err, codes.OK)
	again, err := take(ctx, d, "snap", id)
	wantCode(t, err, codes.OK)
	if again.GetSnapshotId() != first.GetSnapshotId() || !again.GetCreationTime().AsTime().Equal(first.GetCreationTime().AsTime()) {
		t.Fatalf("got %v, want %v", again, first)
	}
	_, err = take(ctx, d, "snap", create(t, d, "second"))
	wantCode(t, err, codes.AlreadyExists)

	// It outlives its volume, and what was filled from it outlives the snapshot.
	wantCode(t, remove(ctx, d, id), codes.OK)
	restored, err := restore(ctx, d, "restored", first.GetSnapshotId(), size)
	wantCode(t, err, codes.OK)
	again2, err := restore(ctx, d, "restored", first.GetSnapshotId(), size)
	wantCode(t, err, codes.OK)
	if again2 != restored {
		t.Fatalf("got %s, want %s", again2, restored)
	}
	_, err = d.CreateVolume(ctx, createRequest("restored", size))
	wantCode(t, err, codes.AlreadyExists)
	_, err = restore(ctx, d, "smaller", first.GetSnapshotId(), size/2)
	wantCode(t, err, codes.OutOfRange)
	for range 2 {
		_, err = d.DeleteSnapshot(ctx, &csi.DeleteSnapshotRequest{SnapshotId: first.GetSnapshotId()})
		wantCode(t, err, codes.OK)
	}
	if left, err := os.ReadDir(d.snapshots.dir); err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
	wantCode(t, stage(ctx, d, restored, filepath.Join(dir, "staging")), codes.OK)
}

func TestSnapshotOfAnotherFilesystem(t *testing.T) {
	d, _ := newTestDriver(t)
	made, err := take(t.Context(), d, "snap", create(t, d, "ext4"))
	wantCode(t, err, codes.OK)
	req := createRequest("xfs", 512*mib)
	req.VolumeCapabilities[0] = formatted(xfs)
	req.VolumeContentSource = fromSnapshot(made.GetSnapshotId())
	_, err = d.CreateVolume(t.Context(), req)
	wantCode(t, err, codes.InvalidArgument)
}

func TestSnapshotThatFails(t *testing.T) {
	d, _ := newTestDriver(t)
	id := create(t, d, "unlucky")
	file := filepath.Join(d.volumes.dir, id+"."+snapshotFault)
	if err := os.WriteFile(file, []byte("RESOURCE_EXHAUSTED too many snapshots\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := take(t.Context(), d, "snap", id)
	wantCode(t, err, codes.ResourceExhausted)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, err = take(t.Context(), d, "snap", id)
	wantCode(t, err, codes.OK)
}
