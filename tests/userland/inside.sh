#!/usr/bin/env bash
# What happens inside of the fresh Debian. /src holds Kickback; each line that begins with "ok" or "NOT OK" is
# one expectation. Run by tests/userland/__main__.py.
set -uo pipefail

running=""
[ -d /run/systemd/system ] && running=yes
failed=0

expect() { # what, expected exit code, text that its output has, then the command
    local what=$1 code=$2 text=$3 began=$SECONDS found
    shift 3
    "$@" >/tmp/output 2>&1
    found=$?
    if [ "$found" -eq "$code" ] && { [ -z "$text" ] || grep -qF -- "$text" /tmp/output; }; then
        echo "ok      $what ($((SECONDS - began)) s)"
    else
        echo "NOT OK  $what: exit code $found, expected $code and '$text':"
        sed 's/^/          /' /tmp/output
        failed=$((failed + 1))
    fi
}

files() { # every name, without what runs, and what belongs to other programs' memory
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /src \
        -o -path '/src-*' -o -path /root -o -path /var/cache -o -path /var/lib/apt -o -path /var/log \
        -o -path /var/tmp \) -prune -o -print | sort
}

broken() { # name, Python that takes the place of `kickback run`
    cp -r /src "/src-$1"
    printf 'from pathlib import Path\n\n\ndef run(options: object) -> int:\n%s\n' "$2" >/tmp/broken.py
    sed '/^def run/,$d' /src/firmware/commands/run.py | cat - /tmp/broken.py >"/src-$1/firmware/commands/run.py"
}

ready='    import os, socket, time
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])'
install=/src/install
printf '#!/bin/sh\nexec bash /src/deploy/install.sh "$@"\n' >$install
hear=/src/hear
printf '#!/bin/sh\nexec /opt/kickback/current/venv/bin/python /root/hear.py "$@"\n' >$hear
chmod +x $install $hear
in_use() { basename "$(readlink /opt/kickback/current)"; }
pid() { systemctl show -p MainPID --value kickback; }

systemd-sysusers 2>/dev/null
files >/tmp/files.before
dpkg-query -W >/tmp/packages.before

echo "# install"
expect "not as root" 1 "needs root" runuser -u nobody -- "$install"
expect "a name that cannot be one" 2 "cannot be named" "$install" --name "Gym 1"
expect "two wishes that contradict" 2 "do not go together" "$install" --no-broker --broker elsewhere
expect "dry run" 0 "nothing was changed" "$install" --dry-run --name gym-1
files >/tmp/files.dry
expect "dry run changed no file" 0 "" diff /tmp/files.before /tmp/files.dry
expect "install" 0 "build /opt/kickback/releases" "$install" --name gym-1 --add-tracker gym-2
expect "install once more" 0 "everything was as it should be" "$install"
expect "another name" 2 "this tracker is gym-1" "$install" --name gym-9
find /etc/kickback -type f ! -name '*.crt' -perm /077 >/tmp/readable
expect "secrets are root's alone" 1 "" grep . /tmp/readable
expect "the command is found, by its user too" 0 "kickback" runuser -u kickback -- kickback --version
first=$(in_use)

if [ -n "$running" ]; then
    expect "the tracker runs" 0 "active" systemctl is-active kickback
    expect "with its priority" 0 "SCHED_RR" chrt -p "$(pid)"
    expect "it publishes" 0 "online" "$hear" 127.0.0.1 1883 dashboard /etc/kickback/passwords/dashboard \
        kickback/v1/gym-1/status
    expect "over the encrypted port too" 0 "online" "$hear" localhost 8883 homeassistant \
        /etc/kickback/passwords/homeassistant kickback/v1/gym-1/status /etc/mosquitto/kickback/ca.crt
    expect "not to whom the broker does not know" 1 "nothing was heard" "$hear" 127.0.0.1 1883 stranger \
        /etc/kickback/passwords/dashboard kickback/v1/gym-1/status
    expect "no password is in the log" 1 "" \
        bash -c 'journalctl --no-pager | grep -F -f /etc/kickback/mqtt-password'
    expect "a kill is mended" 0 "" bash -c "kill -9 $(pid); sleep 6; systemctl is-active kickback"
fi

echo "# update"
cp -r /src /src-good && echo "A word more." >>/src-good/README.md
tar -C / -czf /tmp/good.tar.gz src-good
expect "dry run" 0 "nothing was changed" kickback-update --dry-run /tmp/good.tar.gz
cd /tmp || exit 1
expect "from an archive" 0 "is in use" kickback-update good.tar.gz
expect "back" 0 "use $first again" kickback-update --rollback
expect "and forth" 0 "is in use" kickback-update /src-good
second=$(in_use)
expect "no folder of Kickback" 2 "no such folder" kickback-update /nowhere
expect "an archive of something else" 2 "holds no folder of Kickback" \
    bash -c 'tar -czf /tmp/other.tar.gz -C /etc passwd; kickback-update /tmp/other.tar.gz'
broken syntax 'this is no Python'
expect "a version that cannot even be imported" 1 "still in use" kickback-update /src-syntax
cp -r /src /src-config && sed -i 's/    id: str = "kickback"/    number: int = 1/' /src-config/firmware/config/sections.py
expect "a version that does not know the config" 1 "still in use" kickback-update /src-config
cp -r /src /src-build && echo 'no build' >/src-build/pyproject.toml
expect "a version that is no version" 1 "no folder of Kickback" kickback-update /src-build
cp -r /src /src-older && sed -i 's/^version = .*/version = "0.0.1"/' /src-older/pyproject.toml
expect "an older version" 1 "is older than" kickback-update /src-older
if [ -n "$running" ]; then
    broken crash '    raise SystemExit(1)'
    broken unready '    import time; time.sleep(1000)'
    broken dies "$ready; time.sleep(3); return 1"
    broken hangs "$ready; time.sleep(1000)"
    broken ends "$ready; time.sleep(5); return 0"
    expect "a version that crashes at its start" 1 "$second is in use again" kickback-update /src-crash
    expect "one that never says it is ready" 1 "$second is in use again" kickback-update /src-unready
    expect "one that dies three seconds later" 1 "$second is in use again" kickback-update /src-dies
    expect "one that ends without an error" 1 "$second is in use again" kickback-update /src-ends
    expect "one that hangs" 1 "$second is in use again" kickback-update /src-hangs
    expect "the tracker runs" 0 "active" systemctl is-active kickback

    echo "# power cut while a version that dies is on trial"
    kickback-update /src-dies >/dev/null 2>&1 &
    update=$!
    until [ -e /opt/kickback/trial ]; do sleep 0.2; done
    sleep 2
    disown "$update"
    kill -9 "$update"
    expect "which is in use" 1 "" test "$(in_use)" = "$second"
    expect "it is taken back" 0 "" systemctl restart kickback-settle
    expect "by name" 0 "$second" readlink /opt/kickback/current
    expect "the tracker runs" 0 "active" systemctl is-active kickback

    echo "# a config that cannot be used"
    sleep 65
    cp /etc/kickback.toml /tmp/kickback.toml
    echo '[device]' >>/etc/kickback.toml
    systemctl restart kickback
    sleep 8
    expect "is waited for and said" 0 "safe mode" systemctl status --no-pager kickback
    cp /tmp/kickback.toml /etc/kickback.toml
    sleep 15
    expect "and is taken when it is mended" 0 "no sensor answers" systemctl status --no-pager kickback
    systemctl stop kickback
    rm -f /var/lib/kickback/config.last-good.json
    echo '[device]' >>/etc/kickback.toml
    systemctl start kickback
    sleep 8
    expect "without one that worked, it does not loop" 0 "NRestarts=0" systemctl show -p NRestarts kickback
    expect "and has failed" 3 "failed" systemctl is-active kickback
    cp /tmp/kickback.toml /etc/kickback.toml
    expect "after it is mended" 0 "" systemctl restart kickback
fi
expect "an install interrupted in its build goes on" 0 "build /opt/kickback" \
    bash -c "rm -rf /opt/kickback/releases/$first; mkdir /opt/kickback/releases/$first; $install"

echo "# clash"
printf 'listener 1884\n' >/etc/mosquitto/conf.d/other.conf
expect "another config of mosquitto" 1 "other.conf:1: 'listener 1884' clashes" "$install"
rm /etc/mosquitto/conf.d/other.conf

echo "# uninstall"
expect "not as root" 1 "needs root" runuser -u nobody -- "$install" --uninstall
expect "dry run" 0 "nothing was changed" "$install" --uninstall --dry-run
expect "keeps the data" 0 "Kept: /etc/kickback.toml and /var/lib/kickback" \
    bash -c "mkdir -p /var/lib/kickback; $install --uninstall --keep-data"
expect "which are still there" 0 "gym-1" cat /etc/kickback.toml
expect "install again takes them" 0 "Kickback for gym-1" "$install"
cp /etc/kickback/passwords/gym-1 /tmp/gym-1
tar -czf /tmp/backup.tar.gz -C / etc/kickback.toml etc/kickback etc/mosquitto/kickback var/lib/kickback
expect "and takes everything" 0 "remove /var/lib/kickback" "$install" --uninstall --delete-data
expect "a backup is restored on a new card" 0 "Kickback for gym-1" bash -c "$install --name other >/dev/null &&
    tar -xzf /tmp/backup.tar.gz -C / && $install"
expect "with its passwords" 0 "" cmp /tmp/gym-1 /etc/kickback/passwords/gym-1
expect "taken back" 0 "remove /etc/kickback.toml" "$install" --uninstall --delete-data
expect "with the page for phones" 0 "kickback-page.conf" "$install" --name gym-3 --dashboard
if [ -n "$running" ]; then
    sleep 3
    cat >/tmp/page.py <<'PYTHON'
import ssl
from urllib.request import urlopen

trusted = ssl.create_default_context(cafile="/etc/mosquitto/kickback/ca.crt")
print(urlopen("https://localhost:8080/", context=trusted).read().decode())
PYTHON
    expect "which opens, encrypted" 0 "Kickback" python3 /tmp/page.py
    expect "and finds the broker's door" 0 "" python3 -c \
        'import socket; socket.create_connection(("127.0.0.1", 9001)).close()'
fi
expect "taken back too" 0 "remove /etc/kickback.toml" "$install" --uninstall --delete-data
expect "once more is nothing to do" 0 "0 changes" "$install" --uninstall --delete-data
files >/tmp/files.after
dpkg-query -W >/tmp/packages.after
expect "packages are as before" 0 "" diff /tmp/packages.before /tmp/packages.after
expect "files are as before" 0 "" diff /tmp/files.before /tmp/files.after
expect "nobody is left" 2 "" getent passwd kickback

echo "$failed failed"
exit "$((failed > 0))"
