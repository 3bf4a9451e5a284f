// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// mount is one line of the kernel's mount table.
type mount struct {
	device   string // number of the device, "7:0"
	path     string
	readOnly bool
}

// mounts reads the mount table, oldest first.
func mounts() ([]mount, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parseMounts(string(text)), nil
}

// unescape undoes how the table writes blanks and backslashes in paths.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func parseMounts(text string) []mount {
	var all []mount
	for line := range strings.Lines(text) {
		// id, parent, device, root, path, options, ...
		fields := strings.Fields(line)
		if len(fields) < 6 {
			continue
		}
		all = append(all, mount{
			device:   fields[2],
			path:     unescape.Replace(fields[4]),
			readOnly: slices.Contains(strings.Split(fields[5], ","), "ro"),
		})
	}
	return all
}

// mountAt returns what is mounted at path, the topmost if there are several, or nil.
func mountAt(path string) (*mount, error) {
	all, err := mounts()
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, m := range slices.Backward(all) {
		if m.path == real {
			return &m, nil
		}
	}
	return nil, nil
}

// bind shows the directory source at target as well.
func bind(source, target string, readOnly bool) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return os.NewSyscallError("bind mount", err)
	}
	if !readOnly {
		return nil
	}
	// A bind mount becomes read-only only by a second call.
	flags := uintptr(unix.MS_BIND | unix.MS_REMOUNT | unix.MS_RDONLY)
	if err := unix.Mount("", target, "", flags, ""); err != nil {
		return errors.Join(os.NewSyscallError("read-only remount", err), unmount(target))
	}
	return nil
}

// unmount takes away every mount at path; none is success.
func unmount(path string) error {
	for {
		m, err := mountAt(path)
		if err != nil || m == nil {
			return err
		}
		if err := unix.Unmount(m.path, 0); err != nil {
			return &os.PathError{Op: "unmount", Path: m.path, Err: err}
		}
	}
}

// unmountDeleted takes away mounts of images of this folder that were deleted
// under them: nothing can ever ask for those again.
func unmountDeleted(dir string) error {
	images, err := attachedImages()
	if err != nil {
		return err
	}
	all, err := mounts()
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(all) {
		image, deleted := strings.CutSuffix(images[m.device], " (deleted)")
		if !deleted || filepath.Dir(image) != dir {
			continue
		}
		// Whoever has files open there keeps them until it ends.
		if err := unix.Unmount(m.path, unix.MNT_DETACH); err != nil {
			return &os.PathError{Op: "unmount", Path: m.path, Err: err}
		}
	}
	return nil
}
