// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "artifacts/artifact_store.hpp"

#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::artifacts {
namespace {

namespace fs = std::filesystem;
using files::put_file;
using files::TestDirectory;
using std::chrono::seconds;

SteadyTime soon() {
    return std::chrono::steady_clock::now() + seconds{30};
}

Artifact text(std::string fragment_id) {
    Artifact artifact;
    artifact.stream_id = "live";
    artifact.fragment_id = std::move(fragment_id);
    artifact.transcript = "words";
    return artifact;
}

/// An artifact that cannot be kept whole: those before it have been written when it is reported.
Artifact impossible() {
    auto artifact = text("impossible");
    artifact.original = std::make_shared<const std::string>("no sound");
    return artifact;
}

TEST(ArtifactStore, KeepsWhatItCanAndReportsTheRest) {
    const TestDirectory dir;
    BoundedQueue<std::string> lost{10};
    ArtifactStore store{dir.path(), {}, [&](const Artifact& artifact) {
                            static_cast<void>(lost.push_evicting(artifact.fragment_id));
                        }};

    store.keep(text("1"));
    store.keep(impossible());

    EXPECT_EQ(lost.pop_until(soon(), {}), "impossible");
    EXPECT_TRUE(fs::exists(dir.path() / "live" / "1" / "metadata.json"));
}

TEST(ArtifactStore, RetentionRunsAtTheStart) {
    const TestDirectory dir;
    const auto old = dir.path() / "live" / "old";
    put_file(old / "metadata.json", "{}");
    fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours{25});
    BoundedQueue<std::string> lost{10};
    ArtifactStore store{dir.path(), {}, [&](const Artifact& artifact) {
                            static_cast<void>(lost.push_evicting(artifact.fragment_id));
                        }};

    store.keep(impossible());

    ASSERT_TRUE(lost.pop_until(soon(), {}).has_value());
    EXPECT_FALSE(fs::exists(old));
}

TEST(ArtifactStore, ADiskThatFailsIsReported) {
    const TestDirectory dir;
    put_file(dir.path() / "file", "in the way");
    BoundedQueue<std::string> lost{10};
    ArtifactStore store{dir.path() / "file", {}, [&](const Artifact& artifact) {
                            static_cast<void>(lost.push_evicting(artifact.fragment_id));
                        }};

    store.keep(text("1"));

    EXPECT_EQ(lost.pop_until(soon(), {}), "1");
}

TEST(ArtifactStore, StopsWithMuchWaiting) {
    const TestDirectory dir;
    for (int i = 0; i < 50; ++i) {
        ArtifactStore store{dir.path(), {}, nullptr};
        for (int n = 0; n < 40; ++n) {
            store.keep(text(std::to_string(n)));
        }
    }
}

}  // namespace
}  // namespace livedub::artifacts
