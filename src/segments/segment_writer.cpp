// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_writer.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "base/thread_name.hpp"
#include "clips/to_m4a.hpp"
#include "files/whole_file.hpp"
#include "segments/segment_files.hpp"
#include "telemetry/log.hpp"

namespace livedub::segments {
namespace {

/// A segment is a tenth of a megabyte: this many are what a disk may owe us.
constexpr std::size_t kMostOrders = 256;

constexpr std::chrono::minutes kRetentionPeriod{1};

/// Dubs may come after the end of their run, within seconds. As many as SegmentStore knows.
constexpr std::size_t kRememberedEnds = 1'024;

}  // namespace

SegmentWriter::SegmentWriter(std::filesystem::path root, RetentionLimits limits,
                             SegmentEvents events)
    : root_{std::move(root)},
      limits_{limits},
      events_{std::move(events)},
      orders_{kMostOrders},
      thread_{[this](const std::stop_token& stop) {
          name_this_thread("dub-disk");
          work(stop);
          has_ended_.release();
      }} {}

SegmentWriter::~SegmentWriter() {
    is_ending_ = true;
    orders_.close();  // what it holds can still be taken
    static_cast<void>(has_ended_.try_acquire_for(kLastWrites));
    thread_.request_stop();
    thread_.join();
    std::size_t lost = 0;
    while (const auto order = orders_.pop_until(SteadyTime::min(), {})) {
        if (const auto* const job = std::get_if<SegmentJob>(&*order)) {
            events_.on_error(job->run.stream_id, "disk");
            ++lost;
        }
    }
    if (lost > 0) {
        logger("segments")->warn("segments_lost count={} why=\"the end came first\"", lost);
    }
}

void SegmentWriter::begin(SegmentRun run) {
    push(Begin{std::move(run)});
}

void SegmentWriter::end(SegmentRun run) {
    push(End{std::move(run)});
}

void SegmentWriter::write(SegmentJob job) {
    push(std::move(job));
}

void SegmentWriter::push(Order order) {
    const auto evicted = orders_.push_evicting(std::move(order));
    if (!evicted) {
        return;
    }
    // A lost beginning is made up for by the first file, a lost end by the next beginning.
    if (const auto* const job = std::get_if<SegmentJob>(&*evicted)) {
        events_.on_error(job->run.stream_id, "disk");
    }
}

void SegmentWriter::work(const std::stop_token& stop) {
    auto retention_due = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
        if (std::chrono::steady_clock::now() >= retention_due) {
            apply_retention(root_, limits_, std::filesystem::file_time_type::clock::now());
            retention_due = std::chrono::steady_clock::now() + kRetentionPeriod;
        }
        if (auto order = orders_.pop_until(retention_due, stop)) {
            obey(*order, stop);
        } else if (is_ending_) {
            return;  // all is written
        }
    }
}

void SegmentWriter::obey(Order& order, const std::stop_token& stop) {
    if (const auto* const begun = std::get_if<Begin>(&order)) {
        enter(begun->run);
    } else if (const auto* const ended = std::get_if<End>(&order)) {
        ended_.push_back(ended->run);
        if (ended_.size() > kRememberedEnds) {
            forget(ended_.front());
            ended_.pop_front();
        }
    } else {
        auto& job = std::get<SegmentJob>(order);
        if (auto* const stream = enter(job.run)) {
            store(job, *stream, stop);
        }
    }
}

void SegmentWriter::forget(const SegmentRun& run) {
    const auto found = streams_.find(run.stream_id);
    if (found != streams_.end() && found->second.serial == run.serial) {
        streams_.erase(found);
    }
}

/// Makes the run the current one of its stream; null when it is not: a later one has begun, or what
/// earlier ones left cannot be removed.
SegmentWriter::Stream* SegmentWriter::enter(const SegmentRun& run) {
    auto& stream = streams_[run.stream_id];
    if (run.serial < stream.serial) {
        return nullptr;
    }
    if (run.serial > stream.serial) {
        stream.serial = run.serial;
        stream.is_cleared = false;
    }
    if (!stream.is_cleared) {
        const auto done = remove_segments(directory_of(root_, run.stream_id));
        stream.is_cleared = done.has_value();
        if (!done) {
            note(run.stream_id, stream, done);
            return nullptr;
        }
    }
    return &stream;
}

void SegmentWriter::store(SegmentJob& job, Stream& stream, const std::stop_token& stop) {
    auto& record = job.record;
    const auto bytes = clips::to_m4a(job.sound, stop);
    if (!bytes) {
        const bool is_cancelled = bytes.error().code() == ErrorCode::kCancelled;
        logger("segments")
            ->warn("segment_not_stored stream={} seq={} error=\"{}\"", record.stream_id,
                   record.batch_number, bytes.error().message());
        events_.on_error(record.stream_id, is_cancelled ? "disk" : "audio_processing");
        return;
    }
    record.file_path =
        directory_of(root_, record.stream_id) / file_name(record.batch_number, record.kind);
    record.file_size = (*bytes)->size();
    const auto written = files::write_whole_file(record.file_path, **bytes);
    note(record.stream_id, stream, written);
    if (written) {
        events_.on_written(record);
    }
}

/// Counts each failure, and logs the first and the end of them.
void SegmentWriter::note(const std::string& stream_id, Stream& stream, const Result<void>& done) {
    if (!done) {
        events_.on_error(stream_id, "disk");
    }
    if (stream.is_failing == !done) {
        return;
    }
    stream.is_failing = !done;
    if (done) {
        logger("segments")->info("segments_written_again stream={}", stream_id);
    } else {
        logger("segments")
            ->warn("segments_lost stream={} error=\"{}\"", stream_id, done.error().message());
    }
}

}  // namespace livedub::segments
