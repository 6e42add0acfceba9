// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Names for Clang's thread-safety attributes. Under any other compiler they
// expand to nothing, so the `tsa` preset (Clang) is the one that checks them.

#pragma once

#if defined(__clang__)
#define LIVEDUB_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define LIVEDUB_THREAD_ATTRIBUTE(x)
#endif

#define LIVEDUB_CAPABILITY(name) LIVEDUB_THREAD_ATTRIBUTE(capability(name))
#define LIVEDUB_SCOPED_CAPABILITY LIVEDUB_THREAD_ATTRIBUTE(scoped_lockable)
#define LIVEDUB_GUARDED_BY(mutex) LIVEDUB_THREAD_ATTRIBUTE(guarded_by(mutex))
#define LIVEDUB_REQUIRES(...) LIVEDUB_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define LIVEDUB_EXCLUDES(...) LIVEDUB_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define LIVEDUB_ACQUIRE(...) LIVEDUB_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define LIVEDUB_RELEASE(...) LIVEDUB_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define LIVEDUB_ASSERT_CAPABILITY(...) LIVEDUB_THREAD_ATTRIBUTE(assert_capability(__VA_ARGS__))
