import { z } from 'zod';
import { attributeParams } from '../files/attribute-params.ts';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { path, pathWithSlash } from '../params/path.ts';
import { text } from '../params/text.ts';
import { bodyFormats } from './request-body.ts';
import { address, requestParams, timeoutParam } from './request-params.ts';

const statusCode = z
  .union(
    [
      z.array(integer()),
      integer().transform((one) => [one]),
      text().transform((list) => list.split(',').map(Number)),
    ],
    {
      error: 'expected a status such as 200, or a list of them',
    },
  )
  .refine((list) => list.length > 0 && list.every((status) => Number.isInteger(status)), {
    error: 'expected a status such as 200, or a list of them',
  });

/** What a task of `uri` may say. */
export const uriParams = z
  .strictObject({
    url: address(/^https?:\/\//i, 'http://… or https://…').describe('Address, as the host reaches it.'),
    method: text()
      .transform((method) => method.toUpperCase())
      .refine((method) => /^[A-Z]+$/.test(method), { error: 'expected a single word such as GET or POST' })
      .default('GET')
      .describe(
        'A GET or HEAD without `dest` only looks: it is made whenever the host is looked at, in check mode too, and changes nothing. So is any other with `changed_when: false` or `check_mode: false` on the task. The rest is reported as changed and cannot be proved.',
      ),
    body: z
      .unknown()
      .optional()
      .describe('What is sent: a text, or for the other formats a mapping or list.'),
    body_format: z
      .enum(bodyFormats, { error: `expected one of ${bodyFormats.join(', ')}` })
      .default('raw')
      .describe(
        'How body is written. `form-multipart`: `{field: text}` or `{field: {filename, content, mime_type}}`, the file one of the project.',
      ),
    src: z
      .string()
      .min(1)
      .optional()
      .describe('File of the project to send, or with remote_src one of the host.'),
    remote_src: boolean().default(false).describe('src is a path on the host.'),
    dest: pathWithSlash()
      .optional()
      .describe('File on the host that the answer is written to, or a folder: then named as in the address.'),
    ...attributeParams,
    status_code: statusCode.default([200]).describe('Statuses that are a success.'),
    return_content: boolean()
      .default(false)
      .describe('Give the body as `content`. JSON is given as `json` in any case.'),
    creates: path().optional().describe('Where this path is there, the request is not made.'),
    removes: path().optional().describe('Where this path is not there, the request is not made.'),
    follow_redirects: z
      .enum(['all', 'no', 'none', 'safe', 'urllib2', 'yes'], {
        error: 'expected all, none or safe',
      })
      .or(z.boolean().transform((all) => (all ? 'yes' : 'no')))
      .default('safe')
      .describe('`safe`: those of GET and HEAD only.'),
    ...requestParams,
    force: boolean().default(false).describe('Ask caches on the way for a fresh answer.'),
    timeout: timeoutParam(30),
    unix_socket: path().optional().describe('Socket on the host to connect to, instead of the address.'),
    ca_path: path().optional().describe('PEM file on the host with the authorities to trust.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.src !== undefined && task.body !== undefined) complain('body and src exclude each other', 'src');
    if (task.remote_src && task.src !== undefined && !/^(?:\/|\{\{)/.test(task.src))
      complain('expected an absolute path on the host', 'src');
  });

export type UriParams = z.infer<typeof uriParams>;
