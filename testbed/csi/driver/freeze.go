// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// keeperScript waits for the end of its input, then thaws. Its input ends when
// the driver says so, and also when the driver is killed.
const keeperScript = `read -r _; exec fsfreeze --unfreeze "$0"`

// whileFrozen does the work while nobody changes the filesystem mounted at path.
// The keeper, a process of its own, thaws it afterwards whatever becomes of us.
func whileFrozen(ctx context.Context, path string, work func() error) (err error) {
	// What is on the disk before needs not be waited for in the freeze.
	if err := command(ctx, "sync", "--file-system", path); err != nil {
		return err
	}
	thaw, err := startKeeper(path)
	if err != nil {
		return err
	}
	began := time.Now()
	defer func() {
		err = errors.Join(err, thaw())
		slog.Info("thawed", "path", path, "frozen", time.Since(began).Round(time.Millisecond))
	}()
	if err := command(ctx, "fsfreeze", "--freeze", path); err != nil {
		return err
	}
	return work()
}

// startKeeper gives the function that thaws. Its error says that the filesystem
// was not frozen all the time: somebody else has thawed it.
func startKeeper(path string) (thaw func() error, err error) {
	keeper := exec.Command("/bin/sh", "-c", keeperScript, path)
	// A signal to the driver's group is none for the keeper.
	keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var words strings.Builder
	keeper.Stderr = &words
	input, err := keeper.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := keeper.Start(); err != nil {
		return nil, err
	}
	return func() error {
		err := errors.Join(input.Close(), keeper.Wait())
		if err == nil {
			return nil
		}
		// Somebody may have killed the keeper itself.
		again := command(context.Background(), "fsfreeze", "--unfreeze", path)
		return fmt.Errorf("thaw: %w: %s (again: %v)", err, strings.TrimSpace(words.String()), again)
	}, nil
}

// thawAll thaws what a killed driver may have left frozen: a filesystem that is
// not frozen refuses, and nothing is lost.
func thawAll(ctx context.Context, dir string) error {
	images, err := attachedImages()
	if err != nil {
		return err
	}
	all, err := mounts()
	if err != nil {
		return err
	}
	for _, m := range all {
		image := strings.TrimSuffix(images[m.device], " (deleted)")
		if image == "" || filepath.Dir(image) != dir {
			continue
		}
		if err := command(ctx, "fsfreeze", "--unfreeze", m.path); err == nil {
			slog.Warn("thawed what a killed driver left frozen", "path", m.path)
		}
	}
	return nil
}

// mountOf gives a path where the image is mounted, or "".
func mountOf(image string) (string, error) {
	images, err := attachedImages()
	if err != nil {
		return "", err
	}
	all, err := mounts()
	if err != nil {
		return "", err
	}
	for _, m := range all {
		if images[m.device] == image {
			return m.path, nil
		}
	}
	return "", nil
}
