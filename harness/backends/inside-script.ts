/** What `sh` does as the first process inside a user namespace before it runs the command, and after. */
import { keepFile, lifelineFd } from "./outside.ts";

/**
 * A writable /run of its own with everything the machine's /run shows (resolv.conf, the user's folder), but with
 * namespaces and worlds of nobody else. sh stays as process 1: it takes in orphans, which Node would not.
 */
export const insideScript = `
new=$(mktemp -d) || exit 2
trap 'rmdir "$new" 2>/dev/null' EXIT
mount -n -t tmpfs -o mode=0755 dnc "$new" || exit 2
for entry in /run/*; do
  name=\${entry#/run/}
  to=$new/$name
  case $name in netns | dnc) continue ;; esac
  if [ -L "$entry" ]; then
    cp -P "$entry" "$to"
  elif [ -d "$entry" ]; then
    mkdir "$to" && mount -n --rbind "$entry" "$to"
  elif [ -e "$entry" ]; then
    : >"$to" && mount -n --bind "$entry" "$to"
  fi 2>/dev/null
done
mount -n --move "$new" /run || exit 2
mkdir -p /run/netns
ip link set lo up
"$@"
code=$?
if [ -e ${keepFile} ]; then
  echo "$code" >&${lifelineFd}
  exec </dev/null >/dev/null 2>&1 ${lifelineFd}>&-
  while :; do sleep 3600; done
fi
exit "$code"
`;
