#!/usr/bin/env bash
# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds guest.qcow2 (13 MB): Debian's cloud kernel and busybox on a bootable disk, without mounts or loop devices.
# The guest takes a DHCP lease, reads its config drive, runs a `#!` user_data script, and answers on TCP 22 (a banner)
# and TCP 80 (HTTP). Everything it says of itself on the console starts with LAB-GUEST.
set -euo pipefail
LAB_SOURCE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=tests/labs/openstack/settings.sh
. "$LAB_SOURCE/settings.sh"
export PATH=$PATH:/usr/sbin:/sbin

DISK_BYTES=$((40 * 1024 * 1024))
PARTITION_START=2048                                # sectors of 512 bytes
PARTITION_OFFSET=$((PARTITION_START * 512))

# What QEMU's virtio and IDE/SCSI devices, the config drive (iso9660 or vfat) and the serial console need.
MODULES="virtio_pci virtio_blk virtio_net virtio_scsi virtio_rng virtio_balloon virtio_console
  sr_mod sd_mod ata_piix ahci iso9660 vfat nls_cp437 nls_ascii nls_iso8859-1"

mkdir -p "$LAB_IMAGES"
work=$(mktemp -d "$LAB_IMAGES/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# ---- the kernel and its modules, out of Debian's package
kernel_package() { apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends: linux-image/ {print $2; exit}'; }
package=$(kernel_package)
[ -n "$package" ] || { apt-get update -q; package=$(kernel_package); }
[ -n "$package" ] || { echo "apt knows no linux-image-cloud-amd64: is 'main' among the apt sources?" >&2; exit 1; }
apt-get download -q "$package" || { apt-get update -q; apt-get download -q "$package"; }
mkdir kernel
dpkg-deb --extract "$package"_*.deb kernel
version=$(ls kernel/lib/modules)
depmod -b kernel "$version"

# ---- the root file system, which is the initial RAM disk
mkdir -p root/{bin,dev,proc,sys,etc,tmp,mnt,run,var/www,usr/share/udhcpc} "root/lib/modules/$version"
cp /bin/busybox root/bin/busybox
: >root/lib/modules/order
for module in $MODULES; do
  # What is built into the cloud kernel has no module: modprobe says so with a failure.
  { modprobe --dirname kernel --set-version "$version" --show-depends "$module" 2>/dev/null || true; } | awk '$1 == "insmod" {print $2}'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$file" "root/lib/modules/$version/"
  basename "$file" >>root/lib/modules/order
done
cp "$LAB_SOURCE/guest/init" root/init
cp "$LAB_SOURCE/guest/udhcpc.script" root/usr/share/udhcpc/default.script
chmod 755 root/init root/usr/share/udhcpc/default.script
(cd root && find . | cpio --create --format=newc --quiet --owner=0:0) | xz --check=crc32 -2 >initrd.xz

# ---- the disk: an MBR, one FAT16 partition, syslinux
truncate -s $DISK_BYTES guest.raw
echo "$PARTITION_START,,6,*" | sfdisk --quiet guest.raw
mformat -i "guest.raw@@$PARTITION_OFFSET" -T $(((DISK_BYTES - PARTITION_OFFSET) / 512)) -h 16 -s 63 -H $PARTITION_START -v LAB ::
syslinux --install --offset $PARTITION_OFFSET guest.raw
dd if=/usr/lib/syslinux/mbr/mbr.bin of=guest.raw bs=440 count=1 conv=notrunc status=none
mcopy -i "guest.raw@@$PARTITION_OFFSET" "kernel/boot/vmlinuz-$version" ::vmlinuz
mcopy -i "guest.raw@@$PARTITION_OFFSET" initrd.xz ::initrd.xz
mcopy -i "guest.raw@@$PARTITION_OFFSET" "$LAB_SOURCE/guest/syslinux.cfg" ::syslinux.cfg
qemu-img convert -c -f raw -O qcow2 guest.raw guest.qcow2
mv guest.qcow2 "$LAB_IMAGES/guest.qcow2" # last, and in one step: its presence means that the build is complete
