// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	ext4 = "ext4"
	xfs  = "xfs"
)

// How each filesystem is made. For ext4: journals of a fixed size, no reserve
// for root, and the same block size and density of inodes at every volume
// size: what a volume holds is predictable. A fresh sparse file reads as zeros,
// so nothing has to be cleared, now or later.
var mkfs = map[string][]string{
	ext4: {"-q", "-b", "4096", "-i", "16384", "-m", "0", "-J", "size=4", "-E", "assume_storage_prezeroed=1"},
	xfs:  {"-q", "-f", "-K"},
}

// makeImage creates a sparse file of exactly size bytes with an empty filesystem in it.
func makeImage(ctx context.Context, path, fsType string, size int64) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	defer func() {
		if err != nil {
			os.Remove(path)
		}
	}()
	if err := f.Truncate(size); err != nil {
		return err
	}
	if err := command(ctx, "mkfs."+fsType, append(slices.Clone(mkfs[fsType]), path)...); err != nil {
		return err
	}
	return f.Sync()
}

// copyImage copies a sparse file as it is, holes as holes.
func copyImage(ctx context.Context, from, to string) error {
	return command(ctx, "cp", "--sparse=auto", "--reflink=auto", from, to)
}

// restoreImage fills an image from another that is not in use. An ext4 gets its
// size here, as the kernel grows a mounted one only for whoever has
// CAP_SYS_RESOURCE; an xfs, which grows only when it is mounted, when it is staged.
func restoreImage(ctx context.Context, from, to, fsType string, size int64) (err error) {
	defer func() {
		if err != nil {
			os.Remove(to)
		}
	}()
	if err := copyImage(ctx, from, to); err != nil {
		return err
	}
	if err := os.Truncate(to, size); err != nil {
		return err
	}
	if fsType == ext4 {
		// resize2fs insists on a check right before it.
		// It ends with 1 when it has put something right.
		var ended *exec.ExitError
		if err := command(ctx, "e2fsck", "-f", "-p", to); err != nil && (!errors.As(err, &ended) || ended.ExitCode() != 1) {
			return err
		}
		if err := command(ctx, "resize2fs", to); err != nil {
			return err
		}
	}
	return syncFile(to)
}

// syncFile waits until a file, or a folder with its names, is on the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// mountImage loop-mounts the image. mount(8) asks the kernel to free the loop
// device with its last mount, so none can leak.
func mountImage(ctx context.Context, image, fsType, target string, flags []string) error {
	options := []string{"loop"}
	if fsType == xfs {
		// A volume from a snapshot has its origin's UUID.
		options = append(options, "nouuid")
	}
	return command(ctx, "mount", "-t", fsType, "-o", strings.Join(append(options, flags...), ","), image, target)
}

// attachedImages maps the device number ("7:0") of each loop device in use to
// its file. The kernel appends " (deleted)" to the path of a deleted one.
func attachedImages() (map[string]string, error) {
	files, err := filepath.Glob("/sys/block/loop*/loop/backing_file")
	if err != nil {
		return nil, err
	}
	images := map[string]string{}
	for _, file := range files {
		image, err := os.ReadFile(file)
		if err != nil {
			continue // freed since the listing
		}
		number, err := os.ReadFile(filepath.Join(filepath.Dir(file), "..", "dev"))
		if err != nil {
			continue
		}
		images[strings.TrimSpace(string(number))] = strings.TrimSpace(string(image))
	}
	return images, nil
}

// isAttached says whether a loop device holds the image.
func isAttached(image string) (bool, error) {
	images, err := attachedImages()
	for _, attached := range images {
		if attached == image {
			return true, err
		}
	}
	return false, err
}

// command runs a program; its own words are the error.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
