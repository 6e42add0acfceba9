// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/file_decoder.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.hpp"
#include "clips/clip.hpp"
#include "clips/input_file.hpp"
#include "clips/libav.hpp"

namespace livedub::clips {
namespace {

/// The most that any two-channel mix is made of.
constexpr int kMostChannels = 8;

/// What encoders add before and after to fill their last frames.
constexpr std::int64_t kLongestPadding = 2 * 1024 + 64;

bool is_wanted(SoundFile kind, AVCodecID codec) noexcept {
    switch (kind) {
        case SoundFile::kM4a:
        case SoundFile::kAdts:
            return codec == AV_CODEC_ID_AAC;
        case SoundFile::kMp3:
            return codec == AV_CODEC_ID_MP3;
        case SoundFile::kOgg:
            return codec == AV_CODEC_ID_OPUS || codec == AV_CODEC_ID_VORBIS ||
                   codec == AV_CODEC_ID_FLAC;
        case SoundFile::kFlac:
            return codec == AV_CODEC_ID_FLAC;
        case SoundFile::kWav:
            break;
    }
    switch (codec) {
        case AV_CODEC_ID_PCM_U8:
        case AV_CODEC_ID_PCM_S16LE:
        case AV_CODEC_ID_PCM_S24LE:
        case AV_CODEC_ID_PCM_S32LE:
        case AV_CODEC_ID_PCM_F32LE:
        case AV_CODEC_ID_PCM_F64LE:
            return true;
        default:
            return false;
    }
}

Result<LibavPtr<AVCodecContext>> open_decoder(const AVStream& stream, SoundFile kind) {
    const auto& parameters = *stream.codecpar;
    if (!is_wanted(kind, parameters.codec_id)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} with {} in it", to_string(kind),
                                avcodec_get_name(parameters.codec_id)));
    }
    if (parameters.ch_layout.nb_channels > kMostChannels) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("sound of {} channels", parameters.ch_layout.nb_channels));
    }
    const auto* const codec = avcodec_find_decoder(parameters.codec_id);
    LibavPtr<AVCodecContext> decoder{avcodec_alloc_context3(codec)};
    LIVEDUB_CHECK(decoder != nullptr);
    int error = avcodec_parameters_to_context(decoder.get(), &parameters);
    if (error >= 0) {
        decoder->pkt_timebase = stream.time_base;  // by which it knows how much priming to drop
        decoder->thread_count = 1;
        error = avcodec_open2(decoder.get(), codec, nullptr);
    }
    if (error < 0) {
        return libav_failure(ErrorCode::kInvalidArgument, "decoder", error);
    }
    return decoder;
}

/// Frames of any layout and sample type become 16-bit samples of one or two channels.
class Collector {
  public:
    /// False when no more is wanted: enough, or of another rate or layout than before.
    [[nodiscard]] bool add(const AVFrame& frame) {
        if (!mixer_ && !open(frame)) {
            return false;
        }
        if (frame.sample_rate != pcm_.sample_rate_hz || frame.format != sample_format_ ||
            frame.ch_layout.nb_channels != channels_ || frame.nb_samples < 0) {
            return false;
        }
        const auto width = static_cast<std::size_t>(pcm_.channels);
        const auto old_size = samples_.size();
        samples_.resize(old_size + static_cast<std::size_t>(frame.nb_samples) * width);
        auto* out = reinterpret_cast<std::uint8_t*>(samples_.data() + old_size);
        // swr_convert() does not change its input, it only does not say so.
        auto** const in = const_cast<const std::uint8_t**>(frame.extended_data);
        const int made = swr_convert(mixer_.get(), &out, frame.nb_samples, in, frame.nb_samples);
        samples_.resize(old_size + static_cast<std::size_t>(std::max(made, 0)) * width);
        return made >= 0 && frames() < longest();
    }

    /// Forgets what lies behind `frames`.
    void cut(std::int64_t frames) {
        const auto kept = std::min(std::max<std::int64_t>(frames, 0), longest());
        const auto size = static_cast<std::size_t>(kept) * static_cast<std::size_t>(pcm_.channels);
        samples_.resize(std::min(samples_.size(), size));
    }

    [[nodiscard]] bool is_full() const noexcept { return mixer_ && frames() >= longest(); }

    [[nodiscard]] std::int64_t frames() const noexcept {
        return pcm_.channels == 0 ? 0 : static_cast<std::int64_t>(samples_.size()) / pcm_.channels;
    }
    [[nodiscard]] int sample_rate_hz() const noexcept { return pcm_.sample_rate_hz; }

    [[nodiscard]] Result<DecodedFile> take(bool is_cut_short) {
        auto sound = PcmChunk::make({}, pcm_, std::move(samples_));
        if (!sound) {
            return tl::unexpected{std::move(sound).error()};
        }
        return DecodedFile{
            .sound = std::move(*sound), .channels = channels_, .is_cut_short = is_cut_short};
    }

  private:
    [[nodiscard]] std::int64_t longest() const noexcept {
        return std::int64_t{pcm_.sample_rate_hz} * kLongestClip.count();
    }

    bool open(const AVFrame& frame) {
        const int channels = frame.ch_layout.nb_channels;
        if (channels < 1 || channels > kMostChannels || frame.sample_rate < 1) {
            return false;
        }
        const int out_channels = std::min(channels, 2);
        AVChannelLayout in{};
        AVChannelLayout out{};
        // A WAV file need not say which channel is where; the usual order then.
        if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
            av_channel_layout_default(&in, channels);
        } else if (av_channel_layout_copy(&in, &frame.ch_layout) < 0) {
            return false;
        }
        av_channel_layout_default(&out, out_channels);
        SwrContext* mixer = nullptr;
        const int error = swr_alloc_set_opts2(&mixer, &out, AV_SAMPLE_FMT_S16, frame.sample_rate,
                                              &in, static_cast<AVSampleFormat>(frame.format),
                                              frame.sample_rate, 0, nullptr);
        av_channel_layout_uninit(&in);
        mixer_.reset(mixer);
        if (error < 0 || swr_init(mixer) < 0) {
            mixer_.reset();
            return false;
        }
        channels_ = channels;
        sample_format_ = frame.format;
        pcm_ = {.sample_rate_hz = frame.sample_rate, .channels = out_channels};
        return true;
    }

    LibavPtr<SwrContext> mixer_;
    int channels_ = 0;
    int sample_format_ = -1;
    PcmFormat pcm_;
    std::vector<std::int16_t> samples_;
};

/// Where the file says its sound ends, in its own time base. The decoder drops the priming, but
/// leaves the padding of the last frame to us.
class StatedEnd {
  public:
    explicit StatedEnd(const AVStream& stream) : stream_{stream} {}

    void note(const AVPacket& packet) {
        if (packet.pts == AV_NOPTS_VALUE || packet.duration <= 0 ||
            (packet.flags & AV_PKT_FLAG_DISCARD) != 0) {
            return;
        }
        begin_ = is_known_ ? begin_ : std::max<std::int64_t>(packet.pts, 0);
        end_ = std::max(end_, packet.pts + packet.duration);
        is_known_ = true;
    }

    /// Frames from the first to the stated end; `decoded` when it is not to be believed, because
    /// padding is short and anything longer is sound.
    [[nodiscard]] std::int64_t frames(std::int64_t decoded, int sample_rate_hz) const {
        if (!is_known_) {
            return decoded;
        }
        const auto in_frames = [&](std::int64_t ticks) {
            return av_rescale_q(ticks, stream_.time_base, AVRational{1, sample_rate_hz});
        };
        const auto believed = [decoded](std::int64_t frames) {
            return frames < decoded && decoded - frames <= kLongestPadding ? frames : decoded;
        };
        const auto by_packets = believed(in_frames(end_ - begin_));
        return stream_.duration > 0 ? std::min(by_packets, believed(in_frames(stream_.duration)))
                                    : by_packets;
    }

    /// Whether the file says that there is clearly more than was decoded.
    [[nodiscard]] bool is_beyond(std::int64_t decoded, int sample_rate_hz) const {
        const auto tenth = sample_rate_hz / 10;
        return stream_.duration > 0 &&
               av_rescale_q(stream_.duration, stream_.time_base, AVRational{1, sample_rate_hz}) >
                   decoded + kLongestPadding + tenth;
    }

  private:
    const AVStream& stream_;
    bool is_known_ = false;
    std::int64_t begin_ = 0;
    std::int64_t end_ = 0;
};

/// Takes all frames that are ready. False when no more is wanted.
bool collect(AVCodecContext& decoder, AVFrame& frame, Collector& collector) {
    while (avcodec_receive_frame(&decoder, &frame) >= 0) {
        const bool goes_on = collector.add(frame);
        av_frame_unref(&frame);
        if (!goes_on) {
            return false;
        }
    }
    return true;
}

}  // namespace

Result<DecodedFile> decode_file(std::string_view bytes, SoundFile kind) {
    auto file = InputFile::open(bytes, kind);
    if (!file) {
        return tl::unexpected{std::move(file).error()};
    }
    auto decoder = open_decoder((*file)->sound(), kind);
    if (!decoder) {
        return tl::unexpected{std::move(decoder).error()};
    }
    LibavPtr<AVPacket> packet{av_packet_alloc()};
    LibavPtr<AVFrame> frame{av_frame_alloc()};
    LIVEDUB_CHECK(packet != nullptr && frame != nullptr);
    Collector collector;
    StatedEnd end{(*file)->sound()};
    bool goes_on = true;
    while (goes_on && (*file)->read(*packet)) {
        end.note(*packet);
        // A packet that cannot be decoded is a hole in a damaged clip; the rest may be fine.
        if (avcodec_send_packet(decoder->get(), packet.get()) >= 0) {
            goes_on = collect(**decoder, *frame, collector);
        }
    }
    if (goes_on && avcodec_send_packet(decoder->get(), nullptr) >= 0) {
        static_cast<void>(collect(**decoder, *frame, collector));
    }
    if (collector.frames() == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}: no sound that can be decoded", to_string(kind)));
    }
    const auto decoded = collector.frames();
    const auto rate = collector.sample_rate_hz();
    const bool is_cut_short = !collector.is_full() && end.is_beyond(decoded, rate);
    collector.cut(end.frames(decoded, rate));
    return collector.take(is_cut_short);
}

}  // namespace livedub::clips
