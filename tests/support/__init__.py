# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What the whole-program tests, the demo and the benchmark share: running things, and measuring what came out."""
