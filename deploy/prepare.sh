#!/usr/bin/env bash
# Prepares this checkout on Debian or Raspberry Pi OS: system packages, a virtual environment, Kickback in it.
#   bash deploy/prepare.sh         to run it
#   bash deploy/prepare.sh test    to test it as well
# As root it installs the system packages that are missing; otherwise it names them.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'prepare: %s\n' "$*" >&2; }

case "${1-}" in
    "") extras="report" ;;
    test) extras="test" ;;
    *) say "unknown word '$1'; say nothing, or 'test'"; exit 2 ;;
esac

missing=()
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
PATH="$PATH:/usr/sbin" command -v mosquitto >/dev/null || missing+=(mosquitto)
for_tests=()
if [ "$extras" = test ]; then
    command -v dot >/dev/null || for_tests+=(graphviz)
    command -v openscad >/dev/null || for_tests+=(openscad)
    command -v strace >/dev/null || for_tests+=(strace)
    command -v ssh-keygen >/dev/null || for_tests+=(openssh-client)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || for_tests+=(chromium)
fi
pi=""
if grep -qs "Raspberry Pi" /proc/device-tree/model; then
    pi=yes
    if ! python3 -c 'import lgpio' 2>/dev/null; then  # it has no wheel for every Python
        if [ "$(id -u)" -eq 0 ]; then
            missing+=(python3-lgpio)
        else
            say "python3-lgpio is missing, so buttons, buzzer and lamp will stay off;" \
                "to have it: sudo apt-get install python3-lgpio"
        fi
    fi
fi

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ]; then
        say "installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    elif [ "${missing[*]}" = "mosquitto" ]; then
        say "mosquitto is missing, so nothing will be published and its tests are skipped;" \
            "to have it: sudo apt-get install mosquitto"
    else
        say "needed first: sudo apt-get install ${missing[*]}"
        exit 1
    fi
fi

absent=("${for_tests[@]}")
if [ ${#for_tests[@]} -gt 0 ] && [ "$(id -u)" -eq 0 ]; then
    say "installing ${for_tests[*]}, which only tests need"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || true
    absent=()
    for package in "${for_tests[@]}"; do
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null || absent+=("$package")
    done
fi
if [ ${#absent[@]} -gt 0 ]; then
    say "${absent[*]} missing, so tests that draw hardware/ again, open the page in a browser, let calls of" \
        "the disk fail or sign a version are skipped;" \
        "to have them: sudo apt-get install --no-install-recommends ${absent[*]}"
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed, this is $(python3 -V 2>&1)"
    exit 1
}
[ -x .venv/bin/python ] || python3 -m venv ${pi:+--system-site-packages} .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$extras]"
say "ready"
