import type { CommandText } from './help.ts';

const runExits: CommandText['exits'] = [0, 1, 2, 4, 8, 16, 70, 130];

const reportText =
  'Reports go to standard output (-o FORM) or to files (-o FORM=FILE, or -o FORM --output-file FILE), several at once; while a file is written, the terminal shows what goes on. A file is written as a whole, at the end.';

/** What `--help` says of the commands besides their options. */
export const commandTexts: Readonly<Record<string, CommandText>> = {
  apply: {
    about: [
      'Brings the hosts of the playbooks to the wanted state, and then observes them again to prove that nothing is left to do. Without playbooks: those that the inventory lists under "playbooks".',
      'Everything is read and checked before any host is contacted. Hosts go in parallel; one that fails does not hold up the others.',
      'Hosts are reached as ssh reaches them: ~/.ssh/config is followed, jump hosts too.',
      reportText,
    ],
    examples: [
      'syn-deploy apply inventory.yaml',
      'syn-deploy apply inventory.yaml playbooks/site.yaml -l "web:!web3"',
      'syn-deploy apply inventory.yaml --tags config -e version=1.2 -e @secrets.yaml',
      'syn-deploy apply inventory.yaml -o json=run.json',
    ],
    exits: runExits,
  },
  check: {
    about: [
      'Observes the hosts, plans, and shows what an apply would do and why, with diffs. Changes nothing. Commands that only look (changed_when: false) and verifications are carried out.',
      reportText,
      'With --history DIR the result is kept there, and what drifts is shown with the time since when it does.',
    ],
    examples: [
      'syn-deploy check inventory.yaml',
      'syn-deploy check inventory.yaml -l matrix1 --no-diff',
      'syn-deploy check inventory.yaml -o html --output-file drift.html',
      'syn-deploy check inventory.yaml -o junit=drift.xml -o html=drift.html',
      'syn-deploy check inventory.yaml --history /var/lib/audits',
    ],
    exits: runExits,
  },
  validate: {
    about: [
      'Reads the inventory, its variables, and the playbooks with all they include, and checks all that can be known without the hosts, for each host. All mistakes are shown at once. Warns of commands that nothing guards: those cannot be proved.',
    ],
    examples: [
      'syn-deploy validate inventory.yaml',
      'syn-deploy validate inventory.yaml playbooks/site.yaml',
    ],
    exits: [0, 1, 70],
  },
  doctor: {
    about: [
      'Reads an Ansible project as validate would read it and says how much of it runs as it is, what does not, why, where, and what to write instead. PROJECT is a folder (its playbooks, roles, inventories, ansible.cfg, requirements and Python), a playbook, a role, or a folder of roles; without one: the folder you are in. Needs no host and no inventory, contacts nobody, and never stops at what is wrong.',
      'Exit status 1 means that something does not run.',
    ],
    examples: [
      'syn-deploy doctor ~/ansible',
      'syn-deploy doctor site.yml -i inventories/production',
      'syn-deploy doctor roles/nginx -o json',
    ],
    exits: [0, 1, 70],
  },
  list: {
    about: [
      'Shows the plays in their order, each with its hosts, and its tasks with their places and tags, as limited by --limit, --tags and --skip-tags. Contacts nobody.',
    ],
    examples: ['syn-deploy list inventory.yaml', 'syn-deploy list inventory.yaml --tags config -o json'],
    exits: [0, 1, 70],
  },
  run: {
    about: [
      'Runs one task on all hosts, or on those of --limit. Arguments are as in a task on one line: name=value pairs, or the command of command and shell (a text with pipes and the like as one word, in quotes). Words that begin with a dash come after "--".',
      'What a command prints is shown, and what a module has found whose result is the point of it (setup, stat, find, getent, slurp, uri, service_facts and the like); with -v that of every module. "-o json" gives it as "result" of the task. Nothing that the task makes is managed from then on.',
    ],
    examples: [
      'syn-deploy run inventory.yaml setup "filter=ansible_distribution*"',
      'syn-deploy run inventory.yaml apt name=htop state=present -b -l matrix1',
      'syn-deploy run inventory.yaml command uptime',
      'syn-deploy run inventory.yaml shell -- "ls -l /etc | wc -l"',
    ],
    exits: runExits,
  },
  trust: {
    about: [
      'Asks all hosts for their keys, shows those that are not known yet, and adds them to the known_hosts file that is used for the host, once you say yes. Compare the fingerprints with those that the hosts themselves show (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). Jump hosts come before who is behind them. A key that has changed is an error and never replaced. A host that is not reached, is refused or stays unknown counts as unreachable.',
    ],
    examples: ['syn-deploy trust inventory.yaml', 'syn-deploy trust inventory.yaml -l new1 --yes'],
    exits: [0, 1, 4, 70, 130],
  },
  secret: {
    about: [
      'encrypt, decrypt and edit replace the FILE as a whole, readable by its owner only; view prints what is in it. "-" in place of FILE is standard input, and standard output what comes of it. What is encrypted is read wherever a file or a value stands in a project.',
      'Files are encrypted with age: for recipients (age1…, one for each person or machine that is to read it; they open it with --age-identity), or with a passphrase. With a password of ansible-vault and no recipient they are written as ansible-vault writes them. decrypt, view and edit read both; edit opens $VISUAL or $EDITOR with a private copy, which is gone afterwards, and encrypts for those whom the file was for.',
      'encrypt-string NAME reads a value, unseen from the terminal or from standard input, and prints it as a line of YAML. keygen FILE makes an identity and prints its public key.',
      'Without --age-identity the files that SYN_DEPLOY_AGE_IDENTITY names are used, else that of SOPS_AGE_KEY_FILE.',
    ],
    examples: [
      'syn-deploy secret keygen ~/.config/syn-deploy/identity.txt',
      'syn-deploy secret encrypt group_vars/all/secrets.yaml -R recipients.txt',
      'syn-deploy secret edit group_vars/all/secrets.yaml -R recipients.txt',
      'syn-deploy secret encrypt-string db_password -r age1… >>host_vars/matrix1.yaml',
      'syn-deploy secret view vault.yml --vault-password-file ~/.vault-password',
    ],
    exits: [0, 1, 70, 130],
  },
  modules: {
    about: [
      'Lists the modules, or shows the parameters and examples of one; those in modules/ of the folder you are in, too.',
    ],
    examples: ['syn-deploy modules', 'syn-deploy modules apt'],
    exits: [0, 1, 70],
  },
  init: {
    about: [
      'Writes a small inventory and playbook that run as they are: on this machine, without being root, and below their own folder only. Writes over nothing. Without a folder: here.',
      'With --module: a module of your own in modules/ that works, and its test.',
    ],
    examples: ['syn-deploy init first', 'syn-deploy init --module message'],
    exits: [0, 1, 70],
  },
  completion: {
    about: [
      'Prints a script that teaches a shell to complete: commands, options and their values, modules, and the hosts, groups and tags of the project on the line. Without running anything: executable inventories are left out.',
    ],
    examples: [
      'syn-deploy completion zsh > ~/.zfunc/_syn-deploy',
      'syn-deploy completion fish > ~/.config/fish/completions/syn-deploy.fish',
      'source <(syn-deploy completion bash)',
    ],
    exits: [0, 1, 70],
  },
  schema: {
    about: [
      'Prints a JSON Schema, for editors that check and complete YAML (the YAML extension of VS Code, yaml-language-server): of a playbook, of a file of tasks or handlers, of an inventory, or of a file of variables. It has the modules in modules/ of the folder you are in, too.',
      "A file's first line may name its schema, by an address or by a path from where the file is; docs/editors.md tells how to set it for all files.",
    ],
    examples: [
      'syn-deploy schema playbook > playbook.schema.json',
      "sed -i '1i # yaml-language-server: $schema=playbook.schema.json' site.yaml",
    ],
    exits: [0, 1, 70],
  },
};
