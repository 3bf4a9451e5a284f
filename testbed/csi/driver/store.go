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
	"strings"
	"time"
)

// volume is what is remembered of a volume, beside its image.
type volume struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	CapacityBytes int64             `json:"capacityBytes"`
	FsType        string            `json:"fsType"`
	Parameters    map[string]string `json:"parameters"`
	// SnapshotID names what the volume was filled from, if it was not made empty.
	SnapshotID string `json:"snapshotID,omitempty"`
}

// snapshot is what is remembered of a snapshot: it needs its volume no more.
type snapshot struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	VolumeID  string    `json:"volumeID"`
	SizeBytes int64     `json:"sizeBytes"`
	FsType    string    `json:"fsType"`
	Created   time.Time `json:"created"`
}

func (v *volume) id() string   { return v.ID }
func (s *snapshot) id() string { return s.ID }

type record interface{ id() string }

// store is a folder of images with their records, and the driver's only state. A
// volume or snapshot exists when its record does: the record is written last and,
// with the image, removed.
type store struct {
	dir    string
	prefix string
}

func openStore(stateDir, name, prefix string) (*store, error) {
	dir, err := filepath.Abs(filepath.Join(stateDir, name))
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
	return &store{dir: dir, prefix: prefix}, nil
}

var validID = regexp.MustCompile(`^[a-z]+-[0-9a-f]{17}$`)

// idOf derives the ID from the name, so that a repeated creation, even after a
// crash, meets its own first attempt. It has the shape of an EBS ID.
func (s *store) idOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return s.prefix + "-" + hex.EncodeToString(sum[:])[:17]
}

func (s *store) imagePath(id string) string  { return filepath.Join(s.dir, id+".img") }
func (s *store) recordPath(id string) string { return filepath.Join(s.dir, id+".json") }

// find reads a record, or gives fs.ErrNotExist. An ID that was never given out
// does not exist either, and no path is made of it.
func (s *store) find(id string, into record) error {
	if !validID.MatchString(id) {
		return fs.ErrNotExist
	}
	text, err := os.ReadFile(s.recordPath(id))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// save writes the record so that a crash leaves all of it or nothing.
func (s *store) save(r record) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	unfinished := s.recordPath(r.id()) + ".tmp"
	if err := writeSynced(unfinished, append(text, '\n')); err != nil {
		return err
	}
	if err := os.Rename(unfinished, s.recordPath(r.id())); err != nil {
		return err
	}
	return syncFile(s.dir)
}

// remove deletes image, then record: a crash between the two leaves what can
// still be found, and deleted again.
func (s *store) remove(id string) error {
	for _, path := range []string{s.imagePath(id), s.recordPath(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncFile(s.dir)
}

// ids lists what exists, in order.
func (s *store) ids() ([]string, error) {
	records, err := filepath.Glob(s.recordPath("*"))
	for i, path := range records {
		records[i] = strings.TrimSuffix(filepath.Base(path), ".json")
	}
	return records, err
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
