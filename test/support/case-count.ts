/**
 * How many cases a test makes up for itself: some while one works, and as many as SYN_DEPLOY_TEST_CASES says (`npm run test:all` says
 * 10,000).
 *
 * @param usual  where nothing is said
 */
export const caseCount = (usual = 500): number => Number(process.env['SYN_DEPLOY_TEST_CASES'] ?? usual);
