// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// volume is what is remembered of a volume, beside its image.
type volume struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	CapacityBytes int64             `json:"capacityBytes"`
	FsType        string            `json:"fsType"`
	Parameters    map[string]string `json:"parameters"`
}

// store is the folder of volumes, and the driver's only state. A volume exists
// when its record does: the record is written last and, with the image, removed.
type store struct {
	dir string
}

func openStore(stateDir string) (*store, error) {
	dir, err := filepath.Abs(filepath.Join(stateDir, "volumes"))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// The kernel reports images by their real path.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	return &store{dir: dir}, nil
}

var validID = regexp.MustCompile(`^vol-[0-9a-f]{17}$`)

// volumeID derives the ID from the name, so that a repeated creation, even
// after a crash, meets its own first attempt. It has the shape of an EBS ID.
func volumeID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "vol-" + hex.EncodeToString(sum[:])[:17]
}

func (s *store) imagePath(id string) string  { return filepath.Join(s.dir, id+".img") }
func (s *store) recordPath(id string) string { return filepath.Join(s.dir, id+".json") }

// find returns the volume, or fs.ErrNotExist. An ID that was never given out
// does not exist either, and no path is made of it.
func (s *store) find(id string) (*volume, error) {
	if !validID.MatchString(id) {
		return nil, fs.ErrNotExist
	}
	text, err := os.ReadFile(s.recordPath(id))
	if err != nil {
		return nil, err
	}
	v := &volume{}
	return v, json.Unmarshal(text, v)
}

// save writes the record so that a crash leaves all of it or nothing.
func (s *store) save(v *volume) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	unfinished := s.recordPath(v.ID) + ".tmp"
	if err := writeSynced(unfinished, append(text, '\n')); err != nil {
		return err
	}
	if err := os.Rename(unfinished, s.recordPath(v.ID)); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// remove deletes image, then record: a crash between the two leaves a volume
// that can still be found, and deleted again.
func (s *store) remove(id string) error {
	for _, path := range []string{s.imagePath(id), s.recordPath(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncDir(s.dir)
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
