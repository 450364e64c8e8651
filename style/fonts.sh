#!/usr/bin/env bash
# Makes the subsets of the typefaces in public/fonts again. The results are committed: this is run only when a typeface
# or its set of characters changes. Needs npm, and pyftsubset with brotli (pip install fonttools brotli).
set -euo pipefail
cd "$(dirname "$0")"
npm install --no-save --ignore-scripts @fontsource/titillium-web@5.3.0 @fontsource/atkinson-hyperlegible-mono@5.3.0

latin='U+0020-007E,U+00A0-00FF,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2026,U+20AC'
subset() { # family weight characters
  pyftsubset "node_modules/@fontsource/$1/files/$1-latin-$2-normal.woff2" --unicodes="$3" \
    --layout-features=kern,liga,tnum --flavor=woff2 --output-file="../public/fonts/$1-$2.woff2"
  cp "node_modules/@fontsource/$1/LICENSE" "../public/fonts/$1-LICENSE.txt"
}
subset titillium-web 400 "$latin"
subset titillium-web 600 "$latin"
# Codes, ids and card digits are ASCII.
subset atkinson-hyperlegible-mono 400 'U+0020-007E,U+00A0,U+00B7,U+2026'
