// The program is a script of node:vm, in which import() has no loader; in a file that Node itself reads, it has.
module.exports = (url) => import(url);
