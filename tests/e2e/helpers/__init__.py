# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What end-to-end tests run, send, watch and measure; tests/support has the parts that other layers use too."""
