#!/bin/sh
# Speaks as sudo does to a script: -n refuses to ask, -S asks with the -p text and reads standard input by the byte.
# FAKE_SUDO_PASSWORD: the password (empty: none is asked for). FAKE_SUDO_LOG: the arguments are added to this file.
echo "$*" >>"$FAKE_SUDO_LOG"
ask=never prompt=Password: user=
while [ "$1" != -- ]; do
  case $1 in
    -n) ask=never ;;
    -S) ask=stdin ;;
    -p) prompt=$2; shift ;;
    -u) user=$2; shift ;;
  esac
  shift
done
shift
[ "$user" != nobody-there ] || { echo "sudo: unknown user $user" >&2; exit 1; }
if [ -n "$FAKE_SUDO_PASSWORD" ]; then
  [ "$ask" = stdin ] || { echo 'sudo: a password is required' >&2; exit 1; }
  echo 'We trust you have received the usual lecture.' >&2
  for attempt in 1 2 3; do
    printf %s "$prompt" >&2
    IFS= read -r given || { echo 'sudo: no password was provided' >&2; exit 1; }
    [ "$given" != "$FAKE_SUDO_PASSWORD" ] || break
    echo 'Sorry, try again.' >&2
    [ "$attempt" != 3 ] || { echo 'sudo: 3 incorrect password attempts' >&2; exit 1; }
  done
fi
FAKE_USER=$user exec "$@"
