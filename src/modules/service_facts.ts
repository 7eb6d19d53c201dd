import { z } from 'zod';
import { serviceInventory } from '../facts/inventories.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';

const params = z.strictObject({});

interface Service {
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly source: 'systemd';
}

/** States that say more than "inactive"; the first that stands anywhere in the line counts. */
const badStates = ['not-found', 'masked', 'failed'];

/** `ssh.service loaded active running OpenBSD Secure Shell server` */
const serviceOfUnit = (line: string): Service => {
  const [name = '', load = '', active = '', sub = ''] = line.trim().split(/\s+/);
  const bad = badStates.find((state) => [load, active, sub].includes(state));
  const state = sub === 'running' ? 'running' : 'stopped';
  return { name, state, status: bad ?? active, source: 'systemd' };
};

const sectionOf = (stdout: string, name: string): readonly string[] => {
  const lines = stdout.split('\n');
  const from = lines.indexOf(`@${name}`);
  const rest = lines.slice(from + 1);
  const to = rest.findIndex((line) => line.startsWith('@') && !line.includes('.service'));
  return (to === -1 ? rest : rest.slice(0, to)).filter((line) => line !== '');
};

const statesOf = (lines: readonly string[]): ReadonlyMap<string, string> => {
  const states = new Map<string, string>();
  let [id, state] = ['', ''];
  for (const line of lines) {
    if (line.startsWith('Id=')) id = line.slice('Id='.length);
    else if (line.startsWith('ActiveState=')) state = line.slice('ActiveState='.length);
    if (id !== '' && state !== '') {
      states.set(id, state);
      [id, state] = ['', ''];
    }
  }
  return states;
};

/** Services by their names, as Ansible tells them. */
const servicesOf = (stdout: string): Readonly<Record<string, Service>> => {
  const services = new Map<string, Service>();
  for (const line of sectionOf(stdout, 'units').filter((one) => one.includes('.service'))) {
    const service = serviceOfUnit(line);
    services.set(service.name, service);
  }
  const states = statesOf(sectionOf(stdout, 'states'));
  for (const line of sectionOf(stdout, 'files').filter((one) => one.includes('.service'))) {
    const [name = '', status = ''] = line.trim().split(/\s+/);
    const known = services.get(name);
    if (known === undefined)
      services.set(name, { name, state: states.get(name) ?? 'unknown', status, source: 'systemd' });
    else if (!badStates.includes(known.status)) services.set(name, { ...known, status });
  }
  return Object.fromEntries(services);
};

/** Which services there are. */
export const serviceFacts = defineModule({
  name: 'service_facts',
  summary: 'Sets `ansible_facts.services`: the services that systemd knows, and how they are.',
  examples: `
- service_facts:
- debug:
    msg: "{{ ansible_facts.services['ssh.service'].state }}"
`,
  params,
  tells: true,
  sets: () => ['services'],
  facts: (_, { identity }) => [serviceInventory(identity)],
  plan(_, facts, { identity }) {
    const answer = facts.get(serviceInventory(identity));
    const services = servicesOf(answer === absent ? '' : answer.stdout);
    return { actions: [], result: { ansible_facts: { services } }, ansibleFacts: { services } };
  },
});
