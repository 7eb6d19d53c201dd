import { parseArgs } from 'node:util';
import { isSuite } from './base-image.ts';
import { removeHost, startHost } from './host.ts';
import { isFlavour } from './image.ts';

const usage = `Starts a host that stays after this command, and prints how to log in; or removes it.
  npx tsx test/hosts/up.ts NAME [--suite bookworm|trixie|sid] [--flavour bare|python|synapse|synapse-installed|bench|browser] [--port N]…
  npx tsx test/hosts/up.ts NAME --remove`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string', default: 'bookworm' },
    flavour: { type: 'string', default: 'bare' },
    port: { type: 'string', multiple: true, default: [] },
    remove: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const { suite, flavour } = values;
const ports = values.port.map(Number);
const [name] = positionals;

if (values.help) console.log(usage);
else if (name === undefined || !isSuite(suite) || !isFlavour(flavour)) {
  console.error(usage);
  process.exitCode = 1;
} else if (values.remove) {
  await removeHost(name);
} else {
  const host = await startHost({ name, suite, flavour, ports, keep: true });
  console.log(
    `ssh -p ${host.port} -i ${host.privateKeyPath} -o UserKnownHostsFile=${host.knownHostsPath} admin@127.0.0.1`,
  );
  for (const port of ports) console.log(`port ${port}: 127.0.0.1:${host.publishedPort(port)}`);
  console.log(`DOCKER_HOST=${process.env['DOCKER_HOST']} docker exec -it ${name} bash`);
}
