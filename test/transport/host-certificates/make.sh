#!/bin/sh
# Makes issued.txt with the real ssh-keygen: a line each for an authority (NAME TYPE KEY) or a certificate (NAME TYPE CERTIFICATE).
# Run it in this folder. The private keys are thrown away.
set -eu
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
out=$PWD/issued.txt
cd "$dir"
for kind in ed25519 ecdsa-256 ecdsa-384 ecdsa-521 rsa-2048; do
  for role in ca key; do
    case $kind in
    *-*) ssh-keygen -q -t "${kind%-*}" -b "${kind#*-}" -N '' -C '' -f "$role-$kind" ;;
    *) ssh-keygen -q -t "$kind" -N '' -C '' -f "$role-$kind" ;;
    esac
  done
done
line() { printf '%s %s\n' "$1" "$(cut -d' ' -f1,2 "$2")"; }
# NAME CA KEY OPTIONS...
issue() {
  name=$1 ca=$2 key=$3
  shift 3
  ssh-keygen -q -s "ca-$ca" -I "id of $name" "$@" "key-$key.pub"
  line "$name" "key-$key-cert.pub"
}
forever='-h -n web1.example.org,*.inner.example.org -z 7'
{
  for kind in ed25519 ecdsa-256 ecdsa-384 ecdsa-521 rsa-2048; do line "ca-$kind" "ca-$kind.pub"; done
  # shellcheck disable=SC2086 # words
  {
    for kind in ed25519 ecdsa-256 ecdsa-384 ecdsa-521 rsa-2048; do issue "of-$kind" ed25519 "$kind" $forever; done
    for kind in ecdsa-256 ecdsa-384 ecdsa-521; do issue "by-$kind" "$kind" ed25519 $forever; done
    for hash in rsa-sha2-256 rsa-sha2-512 ssh-rsa; do issue "by-$hash" rsa-2048 ed25519 $forever -t "$hash"; done
    issue critical ed25519 ed25519 $forever -O critical:must=1
    issue extension ed25519 ed25519 $forever -O extension:may@example.org=1
    issue dated ed25519 ed25519 $forever -V 20260101000000Z:20260201000000Z
  }
  issue user ed25519 ed25519 -n web1.example.org
  issue nobody ed25519 ed25519 -h
} >"$out"
