// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// snapshotFault is the ending of the file beside a volume's image that makes its
// snapshots fail.
const snapshotFault = "snapshot-fault"

// CreateSnapshot copies the volume's image as it is at one moment, or returns
// the snapshot of that name.
func (d *driver) CreateSnapshot(ctx context.Context, req *csi.CreateSnapshotRequest) (*csi.CreateSnapshotResponse, error) {
	if err := required([2]string{"name", req.GetName()}, [2]string{"source volume id", req.GetSourceVolumeId()}); err != nil {
		return nil, err
	}
	if err := checkParameters(req.GetParameters()); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	id, existing := d.snapshots.idOf(req.GetName()), &snapshot{}
	err := d.snapshots.find(id, existing)
	switch {
	case err == nil && existing.VolumeID != req.GetSourceVolumeId():
		return nil, status.Errorf(codes.AlreadyExists, "snapshot %q exists, of the volume %s", existing.Name, existing.VolumeID)
	case err == nil:
		return &csi.CreateSnapshotResponse{Snapshot: existing.csi()}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, internal(err)
	}
	source, err := d.existing(req.GetSourceVolumeId())
	if err != nil {
		return nil, err
	}
	if err := d.volumes.fault(source.ID, snapshotFault); err != nil {
		return nil, err
	}
	made := &snapshot{ID: id, Name: req.GetName(), VolumeID: source.ID, SizeBytes: source.CapacityBytes, FsType: source.FsType}
	if err := d.take(ctx, made); err != nil {
		return nil, internal(err)
	}
	return &csi.CreateSnapshotResponse{Snapshot: made.csi()}, nil
}

// take copies the image, frozen if it is mounted, then writes the record: a
// snapshot that was interrupted is made anew by the repeated call.
func (d *driver) take(ctx context.Context, s *snapshot) error {
	image, copied := d.volumes.imagePath(s.VolumeID), d.snapshots.imagePath(s.ID)
	mounted, err := mountOf(image)
	if err != nil {
		return err
	}
	work := func() error {
		s.Created = time.Now().UTC()
		return copyImage(ctx, image, copied)
	}
	if mounted == "" {
		err = work()
	} else {
		err = whileFrozen(ctx, mounted, work)
	}
	if err != nil {
		return errors.Join(err, d.snapshots.remove(s.ID))
	}
	if err := syncFile(copied); err != nil {
		return err
	}
	return d.snapshots.save(s)
}

func (s *snapshot) csi() *csi.Snapshot {
	return &csi.Snapshot{
		SnapshotId: s.ID, SourceVolumeId: s.VolumeID, SizeBytes: s.SizeBytes, CreationTime: timestamppb.New(s.Created), ReadyToUse: true,
	}
}

// DeleteSnapshot removes image and record; a snapshot that is not there is deleted.
func (d *driver) DeleteSnapshot(_ context.Context, req *csi.DeleteSnapshotRequest) (*csi.DeleteSnapshotResponse, error) {
	if err := required([2]string{"snapshot id", req.GetSnapshotId()}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	err := d.snapshots.find(req.GetSnapshotId(), &snapshot{})
	if err == nil {
		err = d.snapshots.remove(req.GetSnapshotId())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, internal(err)
	}
	return &csi.DeleteSnapshotResponse{}, nil
}

// ListSnapshots lists all, those of a volume, or the one of an ID, page by page:
// a token is the number of the page's first entry.
func (d *driver) ListSnapshots(_ context.Context, req *csi.ListSnapshotsRequest) (*csi.ListSnapshotsResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()

	entries, err := d.listed(req.GetSnapshotId(), req.GetSourceVolumeId())
	if err != nil {
		return nil, internal(err)
	}
	first := 0
	if token := req.GetStartingToken(); token != "" {
		if first, err = strconv.Atoi(token); err != nil || first < 0 || first > len(entries) {
			return nil, status.Errorf(codes.Aborted, "the list has no page %q", token)
		}
	}
	resp, end := &csi.ListSnapshotsResponse{}, len(entries)
	if most := int(req.GetMaxEntries()); most > 0 && first+most < end {
		end = first + most
		resp.NextToken = strconv.Itoa(end)
	}
	resp.Entries = entries[first:end]
	return resp, nil
}

func (d *driver) listed(id, volumeID string) ([]*csi.ListSnapshotsResponse_Entry, error) {
	ids, err := d.snapshots.ids()
	if err != nil {
		return nil, err
	}
	var entries []*csi.ListSnapshotsResponse_Entry
	for _, each := range ids {
		s := &snapshot{}
		if err := d.snapshots.find(each, s); err != nil {
			return nil, err
		}
		if (id == "" || id == s.ID) && (volumeID == "" || volumeID == s.VolumeID) {
			entries = append(entries, &csi.ListSnapshotsResponse_Entry{Snapshot: s.csi()})
		}
	}
	return entries, nil
}
