// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Command csi-driver is the testbed's storage: a CSI driver whose volumes are
// ext4 or xfs filesystems in sparse files, loop-mounted on the one node there is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// options are the command line's flags.
type options struct {
	name            string
	nodeID          string
	endpoint        string
	registrationDir string
	stateDir        string
}

func parseOptions(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("csi-driver", flag.ContinueOnError)
	flags.StringVar(&o.name, "name", "", "name of the driver, as a StorageClass calls it")
	flags.StringVar(&o.nodeID, "node-id", "", "name of the node this driver runs on")
	flags.StringVar(&o.endpoint, "endpoint", "", "socket of the driver: unix:///path")
	flags.StringVar(&o.registrationDir, "registration-dir", "", "kubelet's plugins_registry folder")
	flags.StringVar(&o.stateDir, "state", "", "folder of the volumes")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	var missing []error
	flags.VisitAll(func(f *flag.Flag) {
		if f.Value.String() == "" {
			missing = append(missing, fmt.Errorf("--%s is required", f.Name))
		}
	})
	return o, errors.Join(missing...)
}

// run serves until ctx ends. It removes its sockets and leaves every mount
// where it is: pods outlive a restart of their driver.
func run(ctx context.Context, o options) error {
	socket, err := socketPath(o.endpoint)
	if err != nil {
		return err
	}
	d, err := newDriver(o.name, o.nodeID, o.stateDir)
	if err != nil {
		return err
	}
	if err := thawAll(ctx, d.volumes.dir); err != nil {
		return err
	}
	if err := unmountDeleted(d.volumes.dir); err != nil {
		return err
	}
	services, err := listen(socket)
	if err != nil {
		return err
	}
	d.register(services.grpc)
	services.start()
	defer services.stop()

	// kubelet calls the driver as soon as it sees this socket, so it comes last.
	registration, err := listen(filepath.Join(o.registrationDir, o.name+"-reg.sock"))
	if err != nil {
		return err
	}
	registerWithKubelet(registration.grpc, o.name, socket)
	registration.start()
	defer registration.stop()

	slog.Info("serving", "driver", o.name, "node", o.nodeID, "socket", socket, "volumes", d.volumes.dir)
	select {
	case <-ctx.Done():
		return nil
	case err := <-services.failed:
		return err
	case err := <-registration.failed:
		return err
	}
}

func main() {
	o, err := parseOptions(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, o); err != nil {
		slog.Error("driver failed", "error", err)
		os.Exit(1)
	}
}
