/** Older names of options. */
const aliases: Readonly<Record<string, string>> = {
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
  challengeresponseauthentication: 'kbdinteractiveauthentication',
};

/** What the text behind a keyword has to be. */
export type OptionForm =
  | 'word'
  /** `none`, or one file; each line adds one. */
  | 'file'
  /** Several files in one line; the first line wins. */
  | 'files'
  /** All to the end of the line. */
  | 'command'
  | 'jump'
  | 'port'
  | 'number'
  | 'time'
  | readonly string[];

const flag: readonly string[] = ['yes', 'no', 'true', 'false'];

/** Options that are followed here. */
const followed: Readonly<Record<string, OptionForm>> = {
  addressfamily: ['any', 'inet', 'inet6'],
  bindaddress: 'word',
  bindinterface: 'word',
  canonicalizehostname: [...flag, 'always'],
  certificatefile: 'file',
  connecttimeout: 'time',
  forwardagent: 'word',
  globalknownhostsfile: 'files',
  hostkeyalias: 'word',
  hostname: 'word',
  identitiesonly: flag,
  identityagent: 'word',
  identityfile: 'file',
  ignoreunknown: 'word',
  port: 'port',
  proxycommand: 'command',
  proxyjump: 'jump',
  proxyusefdpass: flag,
  refuseconnection: 'word',
  revokedhostkeys: 'files',
  serveralivecountmax: 'number',
  serveraliveinterval: 'time',
  stricthostkeychecking: [...flag, 'ask', 'accept-new', 'off'],
  tag: 'word',
  user: 'word',
  userknownhostsfile: 'files',
};

/** All others that ssh knows, as of OpenSSH 10.5, and those of macOS: without effect on which host is reached and how safely. */
const others = new Set(
  `addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
  canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip cipher ciphers clearallforwardings compression
  compressionlevel connectionattempts controlmaster controlpath controlpersist dsaauthentication dynamicforward
  enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh fingerprinthash
  forkafterauthentication forwardx11 forwardx11timeout forwardx11trusted gatewayports globalknownhostsfile2
  gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikeyexchange gssapikexalgorithms
  gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts hostbasedacceptedalgorithms
  hostbasedauthentication hostbasedkeytypes hostkeyalgorithms ipqos kbdinteractiveauthentication kbdinteractivedevices
  kerberosauthentication kerberostgtpassing kexalgorithms knownhostscommand localcommand localforward loglevel logverbose
  macs nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming passwordauthentication
  permitlocalcommand permitremoteopen pkcs11provider preferredauthentications protocol protocolkeepalives
  pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication rekeylimit remotecommand remoteforward requesttty
  requiredrsasize rhostsauthentication rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv sessiontype
  setenv setuptimeout skeyauthentication smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility
  tcpkeepalive tisauthentication tunnel tunneldevice updatehostkeys usekeychain userknownhostsfile2 useprivilegedport
  useroaming usersh verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation`.split(/\s+/),
);

/** The name that a keyword is kept by. @param keyword  in small letters */
export const optionName = (keyword: string): string => aliases[keyword] ?? keyword;

/** undefined: an option that is not followed here, or none. @param name  as `optionName` gives it */
export const optionForm = (name: string): OptionForm | undefined =>
  Object.hasOwn(followed, name) ? followed[name] : undefined;

export const isKnownOption = (name: string): boolean => Object.hasOwn(followed, name) || others.has(name);

/** For "did you mean". */
export const optionNames: readonly string[] = [
  ...Object.keys(followed),
  ...others,
  'host',
  'match',
  'include',
];
