import type { HttpRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { defineRequest } from './http-client.ts';
import { joinSh, sh } from './sh.ts';

/**
 * Puts what an address holds into the file `$a`, or calls `failed TEXT TEXT`, which must not come back.
 *
 * @param shown  the address without a password
 */
export const fetchFile = (request: HttpRequest, shown: string): Sh =>
  joinSh([
    defineRequest(request, true),
    sh`said=$(request 3>&1 >"$a") || failed ${`could not fetch ${shown}: `}"$(printf '%s' "$said" | tail -n 3 | tr '\n\r\036' '   ')"
case $said in *"$(printf '\036')200 "*|*"$(printf '\036')226 "*) ;; *) failed ${`could not fetch ${shown}: `}"$(printf '%s' "$said" | tail -n 3 | tr '\n\r\036' '   ')" ;; esac`,
  ]);
