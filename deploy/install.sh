#!/usr/bin/env bash
# Sets up a Raspberry Pi (64-bit Raspberry Pi OS, Bookworm or newer) as a Kickback tracker:
#   sudo bash deploy/install.sh
#   sudo bash deploy/install.sh --help
# It can be run again at any time; --dry-run says everything and changes nothing, --uninstall takes it back.
set -euo pipefail

source_folder=$(cd "$(dirname "$0")/.." && pwd)

say() { printf 'install: %s\n' "$*" >&2; }

if ! command -v python3 >/dev/null; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "python3 is missing; on Raspberry Pi OS or Debian: sudo apt-get install python3"
        exit 1
    fi
    case " $* " in
        *" --dry-run "*)
            say "python3 is missing, and would be installed first; nothing was changed"
            exit 1
            ;;
    esac
    say "installing python3, which stays at uninstall"
    { apt-get -qq -o APT::Update::Error-Mode=any update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3 >/dev/null; } || {
        say "python3 cannot be installed; see that this computer reaches the network"
        exit 1
    }
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed, this is $(python3 -V 2>&1)"
    exit 1
}

# -P: nothing that lies in the folder where this is called from is taken for a part of it.
PYTHONPATH="$source_folder" exec python3 -P -B -s -m deploy.setup "$@"
