// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How the page of service_pages.hpp looks.

#pragma once

#include <string_view>

namespace livedub::http {

inline constexpr std::string_view kDocsStyle = R"(
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --faint: #57606a; }
@media (prefers-color-scheme: dark) { :root { --line: #30363d; --soft: #161b22; --faint: #8b949e; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { margin: 0; font-size: 1.75rem; }
header p { margin: .25rem 0 2rem; color: var(--faint); }
h3 { margin: 1rem 0 .25rem; font-size: .875rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; overflow: hidden; }
summary { display: flex; flex-wrap: wrap; gap: .75rem; align-items: baseline; padding: .5rem .75rem;
  cursor: pointer; background: var(--soft); }
summary span:last-child { color: var(--faint); }
details > div { padding: 0 .75rem .75rem; }
code, pre { font: .9375rem/1.5 ui-monospace, monospace; }
pre { margin: 0; padding: .5rem .75rem; background: var(--soft); border-radius: .25rem; overflow-x: auto; }
td { padding: .125rem 1rem .125rem 0; vertical-align: top; }
.method { min-width: 3.5rem; padding: 0 .25rem; border-radius: .25rem; background: #57606a; color: #fff;
  font-size: .8125rem; font-weight: 600; text-align: center; text-transform: uppercase; }
.get { background: #0969da; }
.post { background: #1a7f37; }
.delete { background: #cf222e; }
)";

}  // namespace livedub::http
