// Writes file.br and file.gz beside each file of the command line that becomes smaller so.
const fs = require("node:fs");
const zlib = require("node:zlib");

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_MAX_QUALITY } = zlib.constants;

for (const file of process.argv.slice(2)) {
  const content = fs.readFileSync(file);
  const params = {
    [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
    [BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const brotli = zlib.brotliCompressSync(content, { params });
  const gzip = zlib.gzipSync(content, { level: 9 });
  for (const [ending, smaller] of [["br", brotli], ["gz", gzip]]) {
    if (smaller.length < content.length) fs.writeFileSync(`${file}.${ending}`, smaller);
  }
}
