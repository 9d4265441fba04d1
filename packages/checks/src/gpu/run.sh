#!/bin/sh
# Is this machine's GPU right, and how fast is it? Needs no network and no installed software but the GPU's driver and glibc 2.34 or newer.
# ./run.sh [--quick] [--software-gpu] [--report FILE]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
node="$here/bin/node"
dawn="$here/app/node_modules/webgpu/dist/linux-x64/dawn.node"

# The machine's own libraries come first: its driver was built for them. Ours stand in for what is missing or too old.
own=${LD_LIBRARY_PATH:-}
with() { LD_LIBRARY_PATH="$1${own:+:$own}" "$node" -e "$2" "$3" >/dev/null 2>&1; }
extra=
if ! with "" 'process.dlopen({ exports: {} }, process.argv[1])' "$dawn"; then
  extra="$here/lib/cxx"
  with "$extra" 'process.dlopen({ exports: {} }, process.argv[1])' "$dawn" || { echo "Expected glibc 2.34 or newer: Dawn does not load here" >&2; exit 1; }
fi
loader=
for folder in /usr/lib/x86_64-linux-gnu /lib/x86_64-linux-gnu /usr/lib64 /lib64 /usr/lib /usr/local/lib; do
  [ -e "$folder/libvulkan.so.1" ] && loader=yes
done
[ -n "$loader" ] || extra="${extra:+$extra:}$here/lib/vulkan"
LD_LIBRARY_PATH="$extra${own:+:$own}"
export LD_LIBRARY_PATH

# Containers often get NVIDIA's libraries without the file that tells Vulkan of them.
drivers=$(cat /usr/share/vulkan/icd.d/*.json /usr/local/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json 2>/dev/null || true)
case "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}$drivers" in
*nvidia*) ;;
*)
  for library in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
    for folder in /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib /usr/local/nvidia/lib64 /usr/lib/nvidia; do
      [ -e "$folder/$library" ] && [ -z "${made:-}" ] || continue
      # Loaders pass over a file whose name does not end in .json.
      made=$(mktemp -d)
      trap 'rm -rf "$made"' EXIT
      echo '{"file_format_version":"1.0.0","ICD":{"library_path":"'"$folder/$library"'","api_version":"1.3.0"}}' >"$made/nvidia.json"
      VK_ADD_DRIVER_FILES=$made/nvidia.json
      # Loaders before 1.3.207 know the older name alone, which stands in for all drivers.
      [ -n "$drivers" ] || VK_ICD_FILENAMES=$made/nvidia.json
      export VK_ADD_DRIVER_FILES ${VK_ICD_FILENAMES:+VK_ICD_FILENAMES}
    done
  done
  ;;
esac

echo "$(uname -sr), Node $("$node" --version)"
if command -v nvidia-smi >/dev/null 2>&1; then nvidia-smi --query-gpu=name,driver_version --format=csv,noheader || true; fi
status=0
"$node" "$here/app/suite.js" "$@" || status=$?
if [ "$status" != 0 ]; then
  echo "The suite ended with $status. No GPU found? Vulkan needs the driver's graphics part (NVIDIA in containers: NVIDIA_DRIVER_CAPABILITIES=all)." >&2
fi
exit "$status"
