import { alternatives } from '../../src/facts/alternatives.ts';
import { aptListFiles } from '../../src/facts/apt-folders.ts';
import { crontab } from '../../src/facts/crontabs.ts';
import { dpkgSelection } from '../../src/facts/dpkg-selections.ts';
import { fileExtras } from '../../src/facts/file-extras.ts';
import { firewallChain, firewallRule } from '../../src/facts/firewall-rules.ts';
import { gitSetting } from '../../src/facts/git-settings.ts';
import { ownHome } from '../../src/facts/home-folders.ts';
import { kernelModule } from '../../src/facts/kernel-modules.ts';
import { kernelSetting } from '../../src/facts/kernel-settings.ts';
import { locale } from '../../src/facts/locales.ts';
import { mount } from '../../src/facts/mounts.ts';
import { mysql } from '../../src/facts/mysql.ts';
import { pieces } from '../../src/facts/pieces.ts';
import { program } from '../../src/facts/programs.ts';
import { ufw } from '../../src/facts/ufw.ts';
import type { FactKey } from '../../src/model/fact.ts';

/** Keys of a kind, and an answer to them as hosts give it. */
export interface Sample {
  readonly keys: readonly FactKey[];
  readonly output: string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Of the kinds that modules of the system's own settings look at. */
export const systemSamples: readonly Sample[] = [
  {
    keys: [mysql({ implicitAdmin: false, timeoutSeconds: 30, options: [] }, 'x')],
    output:
      '= 0\nk\tversion\nv\t10.11.6-MariaDB\nk\tname\tencoding\tcollation\nd\ta\tutf8mb4\tutf8mb4_bin\nk\tHost\tUser\tplugin\tauthentication_string\nu\tlocalhost\tx\tmysql_native_password\t*AB\ng\tx\tlocalhost\nGRANT USAGE ON *.* TO `x`@`localhost`\n! a complaint\n',
  },
  {
    keys: [alternatives('editor'), alternatives('gone')],
    output:
      '@ 0\nName: editor\nLink: /usr/bin/editor\nSlaves:\n editor.1.gz /usr/share/man/man1/editor.1.gz\nStatus: auto\nBest: /bin/nano\nValue: /bin/nano\n\nAlternative: /bin/nano\nPriority: 40\nSlaves:\n editor.1.gz /usr/share/man/man1/nano.1.gz\n',
  },
  { keys: [aptListFiles], output: `0 /etc/apt/sources.list ${base64('deb https://example.org x main\n')}\n` },
  {
    keys: [crontab(undefined), crontab('app'), crontab('gone')],
    output: `0 = ${base64('# m h\n* * * * * true\n')}\n1 failed must be privileged to use -u\n2 absent\n`,
  },
  { keys: [dpkgSelection('vim'), dpkgSelection('gone')], output: 'vim\t\t\thold\nlibc6:i386\tinstall\n' },
  {
    keys: [
      fileExtras('/a', { mime: true, attributes: true }),
      fileExtras('/b', { mime: true, attributes: false }),
    ],
    output: '0\ttext/plain\tus-ascii\t123\t--------------e-------\n1\t-\t-\t-\t-\n',
  },
  {
    keys: [firewallRule('ipv4', 'filter', 'INPUT', ['-j', 'DROP']), firewallRule('ipv6', 'nat', 'x', [])],
    output: '0 present\n1 failed Permission denied (you must be root)\n',
  },
  {
    keys: [firewallChain('ipv4', 'filter', 'INPUT'), firewallChain('ipv4', 'nat', '*')],
    output: '@ 0\n-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n! 1 Permission denied\n',
  },
  {
    keys: [
      gitSetting('user.name', { scope: 'global' }, {}),
      gitSetting('x.y', { scope: 'file', path: '/c' }, {}),
    ],
    output: `0 = ${base64('A\0B\0')}\n1 failed bad config line 1\n`,
  },
  { keys: [ownHome], output: 'root /root\n' },
  {
    keys: [kernelModule('br_netfilter'), kernelModule('loop')],
    output: 'M br_netfilter\nB loop\nF /etc/modules-load.d/x.conf:br_netfilter # why\n',
  },
  {
    keys: [kernelSetting('vm.swappiness'), kernelSetting('net.x'), kernelSetting('gone')],
    output: '0 = 60\n1 -\n',
  },
  { keys: [locale('en_US.UTF-8'), locale('gone')], output: 'S en_US.UTF-8 UTF-8\nG C\nG en_US.utf8\n' },
  {
    keys: [mount('/srv/a b'), mount('/gone')],
    output:
      '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw\n30 22 8:1 /data /srv/a\\040b rw - ext4 /dev/vda rw,errors=x\n',
  },
  {
    keys: [pieces('/etc/conf.d'), pieces('/file'), pieces('/large')],
    output: `0 folder\n0 = ${base64('a')} ${base64('x\n')}\n0 = ${base64('b')} -\n1 other\n2 folder\n2 large ${base64('c')}\n`,
  },
  { keys: [program('crontab'), program('gone')], output: 'crontab /usr/bin/crontab\n' },
  {
    keys: [ufw(['ssh'])],
    output:
      '= ENABLED=yes\n= LOGLEVEL=low\n= DEFAULT_INPUT_POLICY="DROP"\n4 allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in comment=6869\n6 allow any 80 ::/0 any ::/0 Nginx%20Full - in\nloaded\ns ssh 22/tcp\n',
  },
];
