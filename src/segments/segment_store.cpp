// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "segments/segment_files.hpp"
#include "segments/segment_session.hpp"

namespace livedub::segments {
namespace {

/// Late dubs come within minutes, so there is no need to know more streams than run in that time.
constexpr std::size_t kRememberedRuns = 1'024;

SegmentEvents without_holes(SegmentEvents events) {
    if (!events.on_written) {
        events.on_written = [](const SegmentRecord&) {};
    }
    if (!events.on_error) {
        events.on_error = [](std::string_view, std::string_view) {};
    }
    return events;
}

}  // namespace

SegmentStore::SegmentStore(Dubber* inner, SegmentStoreConfig config, SegmentEvents events)
    : inner_{inner},
      events_{without_holes(std::move(events))},
      writer_{std::move(config.root), config.limits, events_} {}

std::string SegmentStore::describe() const {
    return inner_ != nullptr ? inner_->describe() : "no speech";
}

SegmentRun SegmentStore::begin_run(const std::string& stream_id) {
    const MutexLock lock{mutex_};
    runs_[stream_id] = ++last_serial_;
    if (runs_.size() > kRememberedRuns) {
        runs_.erase(
            std::ranges::min_element(runs_, {}, [](const auto& entry) { return entry.second; }));
    }
    return {.stream_id = stream_id, .serial = last_serial_};
}

void SegmentStore::keep_late(const std::string& stream_id, std::uint64_t fragment, ClipBytes clip) {
    if (!clips::is_aac_clip(clip)) {
        return;
    }
    SegmentRun run{.stream_id = stream_id};
    {
        const MutexLock lock{mutex_};
        const auto found = runs_.find(stream_id);
        if (found == runs_.end()) {
            return;
        }
        run.serial = found->second;
    }
    writer_.write({.run = run,
                   .record = {.fragment_id = make_uuid4(),
                              .stream_id = stream_id,
                              .batch_number = fragment,
                              .kind = SegmentKind::kDubbed},
                   .sound = std::move(clip)});
}

Result<std::unique_ptr<SegmentSession>> SegmentStore::make_session(const std::string& stream_id,
                                                                   OnOutcome on_outcome) {
    if (!is_stream_id(stream_id)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("stream id \"{}\" (allowed: [a-zA-Z0-9_-]{{1,128}})",
                                stream_id.substr(0, 128)));
    }
    return std::make_unique<SegmentSession>(begin_run(stream_id), writer_, events_,
                                            std::move(on_outcome));
}

Result<std::unique_ptr<DubSession>> SegmentStore::open(DubOptions options, OnOutcome on_outcome) {
    auto session = make_session(options.stream_id, std::move(on_outcome));
    if (!session) {
        return tl::unexpected{std::move(session).error()};
    }
    if (inner_ != nullptr) {
        auto inner = inner_->open(std::move(options), (*session)->inner_outcomes());
        if (!inner) {
            return tl::unexpected{std::move(inner).error()};
        }
        (*session)->attach(std::move(*inner));
    }
    (*session)->start();
    return std::move(*session);
}

Result<std::unique_ptr<DubSession>> SegmentStore::open_keeper(const std::string& stream_id) {
    auto session = make_session(stream_id, [](const DubOutcome&) {});
    if (!session) {
        return tl::unexpected{std::move(session).error()};
    }
    (*session)->start();
    return std::move(*session);
}

}  // namespace livedub::segments
