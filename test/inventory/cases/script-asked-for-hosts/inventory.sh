#!/bin/sh
case $1 in
--list) echo '{ "web": { "hosts": ["web1", "web2"] } }' ;;
--host) echo "{ \"asked\": \"$2\" }" ;;
esac
