import type { TestHost } from '../../hosts/host.ts';
import { run } from './target-state.ts';

/**
 * Makes an account with the shared secret of the host, past nginx.
 *
 * @see https://element-hq.github.io/synapse/latest/admin_api/register_api.html
 */
export const registerUser = async (host: TestHost, user: string, password: string): Promise<void> => {
  const ask = `curl -sS --fail-with-body --unix-socket ${run}/inbound_main.sock -H 'Content-Type: application/json'`;
  const url = 'http://localhost/_synapse/admin/v1/register';
  await host.run(`set -e
    secret=$(sed -n 's/^registration_shared_secret: //p' /etc/matrix-synapse/conf.d/secrets.yaml)
    nonce=$(${ask} ${url} | sed 's/.*"nonce":"\\([0-9a-f]*\\)".*/\\1/')
    mac=$(printf '%s\\0%s\\0%s\\0%s' "$nonce" ${user} ${password} notadmin | openssl dgst -sha1 -hmac "$secret" | sed 's/.* //')
    ${ask} -d '{"nonce":"'"$nonce"'","username":"${user}","password":"${password}","admin":false,"mac":"'"$mac"'"}' ${url}`);
};
