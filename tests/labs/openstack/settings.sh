# shellcheck shell=bash
# Settings that the shell part of the lab needs. Sourced by lab, install.sh and build_guest.sh.
# Each may be set beforehand; the Python part reads the exported values (openstack_lab/settings.py).
LAB_SOURCE=${LAB_SOURCE:?the folder of the lab scripts}
LAB_CHECKOUT=$(cd "$LAB_SOURCE/../../.." && pwd)
# large and reusable: Python environment, guest image, migrated database schemas
FEDERATION_LAB_HOME=${FEDERATION_LAB_HOME:-$LAB_CHECKOUT/.lab/openstack}
# everything of a running lab; it holds unix sockets, whose paths end at 107 characters, so it is short
LAB_RUN=${LAB_RUN:-/var/tmp/federation-lab}
LAB_VIRT=${LAB_VIRT:-both}
LAB_APT=${LAB_APT:-1}
LAB_VENV=$FEDERATION_LAB_HOME/venv
LAB_IMAGES=$FEDERATION_LAB_HOME/img
export LAB_SOURCE FEDERATION_LAB_HOME LAB_RUN LAB_VIRT LAB_APT LAB_VENV LAB_IMAGES
