"""The long test of install, update and uninstall: in a fresh Debian of its own, as root.

    python -m tests.userland trixie
    python -m tests.userland bookworm

makes a Debian with debootstrap, installs Kickback there twice, updates it with good and broken versions, and
takes everything back. Where systemd-nspawn is to be had all of that happens under a systemd that runs; else,
or with --no-boot, in a chroot, where nothing can be started. Booted, it shares this computer's network: the
ports 1883, 8883, 9001 and 8080 must be free. Every version is watched for 20 s, so it takes 15 minutes.
"""
