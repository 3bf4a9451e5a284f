# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The testbed's command line: `python3 -m testbed COMMAND`, from the repository's root."""

import argparse
import sys

from testbed import artifacts, cleanup, cluster, images, paths, status
from testbed.progress import Failure, say


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m testbed", description="A one-node Kubernetes for tests.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", help="make sure a healthy cluster runs")
    commands.add_parser("down", help="leave nothing of it but the cache of binaries")
    commands.add_parser("build", help="only build the binaries")
    commands.add_parser("kubeconfig", help="print the path of the administrator's kubeconfig")
    shown = commands.add_parser("status", help="show what runs and what it costs")
    shown.add_argument("--seconds", type=float, default=2, help="how long to measure (%(default)s)")
    load = commands.add_parser("load-image", help="give the cluster an image")
    load.add_argument("image", help="a docker or OCI archive, or a name such as placement-center:0.4.0")
    return parser


def _run(options: argparse.Namespace) -> None:
    match options.command:
        case "up":
            cluster.up()
        case "down":
            with cluster.alone():
                cleanup.down()
            say("down")
        case "build":
            artifacts.ensure()
        case "kubeconfig":
            print(paths.ADMIN_KUBECONFIG)
        case "status":
            status.show(options.seconds)
        case "load-image":
            images.load_named(options.image, artifacts.ensure(artifacts.IN_PODS))


def main() -> int:
    """Run one command; what the user has to know is one line."""
    try:
        _run(_parser().parse_args())
    except Failure as error:
        print(f"testbed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
