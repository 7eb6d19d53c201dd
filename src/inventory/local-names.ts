/** Names of the machine that runs syn-deploy, which patterns may name though no inventory has it. */
export const localNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];
